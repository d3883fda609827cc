"""The training record of one account (R2): what it was trained in, and until when that counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from services.directory.accounts.account import ACTIVE, Account
from services.directory.keepers import REGISTRARS
from shared.actor import Actor
from shared.errors import Invalid, Problem
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import local_day
from shared.trade.roles import UNGATED
from shared.words import Words

VALID, WITHDRAWN = "valid", "withdrawn"
STATES = (VALID, WITHDRAWN)

VALID_YEARS = 2
"""How long a training counts unless its certificate says otherwise. The notice gives no period: the exam-affairs system
and the forms change about every other year, and a deployment whose Centre decides differently enters `valid_until`."""


def counts_until(passed_on: date) -> date:
    """The same day `VALID_YEARS` later; 28 February where there is no 29th."""
    year = passed_on.year + VALID_YEARS
    try:
        return passed_on.replace(year=year)
    except ValueError:
        return passed_on.replace(year=year, day=28)


class Training(BaseModel):
    """One passed training, as its certificate says. It counts from `passed_on` to `valid_until`, both included."""

    model_config = ConfigDict(frozen=True)
    certificate: str
    passed_on: date
    valid_until: date

    def __str__(self) -> str:
        return f"{self.certificate}, {self.passed_on} – {self.valid_until}"


class TrainingRecord(Aggregate):
    """The latest training of one account; earlier ones stand in its history. id: the account's; path: of the body where
    it sat when this was recorded. Who sees the record goes by where the account sits today."""

    KIND: ClassVar[str] = "training_record"
    SOURCE: ClassVar[str] = "/directory"
    WORDS: ClassVar[Words] = Words(
        "training_record",
        ("培训登记", "training record of"),
        states={VALID: ("有效", "valid"), WITHDRAWN: ("已撤销", "withdrawn")},
        verbs={"record": ("登记", "recorded"), "renew": ("更新", "renewed"), "withdraw": ("撤销", "withdrawn")},
    )
    NEXT: ClassVar[Mapping[str, str]] = {
        WITHDRAWN: "须另行登记 · record another training",
    }

    path: str
    certificate: str  # number of the training certificate
    passed_on: date
    valid_until: date
    recorded_by: str
    recorded_at: datetime
    marked: list[int] = Field(default_factory=list)  # marks of this training that releases up to 0.1 told
    requests: list[str] = Field(default_factory=list)  # every request that recorded one, so that a repeat is recognised

    @classmethod
    def record(cls, by: Actor, at: datetime, *, of: Account, training: Training, request: str) -> Self:
        """The first training of an account. Raises NotAllowed, WrongState, Invalid."""
        _must_be_possible(by, at, of, training)
        entry = _entry(by, at, of, training)
        record = cls.model_validate({"id": of.id, "state": "", "requests": [request], **entry})
        record.move("record", VALID, by, at, str(training))
        return record

    def renew(self, by: Actor, at: datetime, *, of: Account, training: Training, request: str) -> None:
        """A later training, also after a withdrawal. Raises NotAllowed, WrongState, Invalid."""
        _must_be_possible(by, at, of, training)
        if self.state == VALID and training.passed_on < self.passed_on:
            raise Invalid(
                "早于已登记的培训 · older than the training that is recorded",
                [
                    Problem(
                        "/passed_on", f"已登记 {self.passed_on} · {self.passed_on} is recorded", "先撤销 · withdraw it"
                    )
                ],
            )
        for field, value in _entry(by, at, of, training).items():
            setattr(self, field, value)
        self.marked = []
        self.requests.append(request)
        self.move("renew", VALID, by, at, str(training))

    def withdraw(self, by: Actor, at: datetime, reason: str) -> None:
        """撤销: recorded by mistake, or the certificate does not hold. Raises WrongState, NotAllowed."""
        self.only_when("withdraw", VALID)
        _must_keep_records(by, self.id)
        self.move("withdraw", WITHDRAWN, by, at, reason)

    def counts_on(self, day: date) -> bool:
        return self.state == VALID and self.passed_on <= day <= self.valid_until


def _entry(by: Actor, at: datetime, of: Account, training: Training) -> dict[str, object]:
    return {"path": of.path, **training.model_dump(), "recorded_by": by.id, "recorded_at": at}


def _must_keep_records(by: Actor, account: str) -> None:
    by.must_be(*REGISTRARS)
    by.must_not_be((account,), "不得登记本人的培训 · nobody keeps their own training record")


def _must_be_possible(by: Actor, at: datetime, of: Account, training: Training) -> None:
    """Raises NotAllowed, WrongState for a closed account, or Invalid with everything that is wrong."""
    _must_keep_records(by, of.id)
    of.only_when("train", ACTIVE)
    if UNGATED.issuperset(of.roles):
        raise Invalid(f"{of.id} 无需培训 · holds no role that needs a training")
    problems: list[Problem] = []
    today = local_day(at)
    if training.passed_on > today:
        problems.append(Problem("/passed_on", f"{training.passed_on} 尚未到来 · lies in the future, today is {today}"))
    if training.valid_until < training.passed_on:
        problems.append(Problem("/valid_until", f"早于培训日期 {training.passed_on} · before it was passed"))
    if problems:
        raise Invalid("培训登记有误 · the training cannot be recorded like this", problems)
