"""The standing of a body (rules §4.1): applied → licensed → rectifying → suspended → revoked.

A station applies, and appraises once it is licensed. The Centre never has a licence; a branch centre without one of its
own stays registered: it reviews, and does not appraise. Who may call which verb: docs/decisions/0017-standing.md.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field, model_validator

from services.directory.bodies import contradictions
from shared.actor import Actor
from shared.contracts.directory import BodyKind, BodyStandingChanged, Licence
from shared.contracts.words import STANDINGS
from shared.errors import Invalid, Problem
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import local_day, months_later
from shared.trade.roles import Role

REGISTERED, APPLIED, LICENSED, RECTIFYING, SUSPENDED, REVOKED = (
    "registered",
    "applied",
    "licensed",
    "rectifying",
    "suspended",
    "revoked",
)
STATES = tuple(STANDINGS)

_LEADS_TO = {"order_rectification": RECTIFYING, "suspend": SUSPENDED}

RECTIFY_WITHIN = 3
"""Months: the longest that a rectification may take (rules §4.1)."""


class AnnualInspection(BaseModel):
    """年检: what the yearly inspection of a licensed body found."""

    year: int
    passed: bool
    findings: list[str]
    on: date
    by: str


class Standing(Aggregate):
    """What `Body` adds to this is the entry: names, addresses, rights."""

    KIND: ClassVar[str] = "body"
    SOURCE: ClassVar[str] = "/directory"

    kind: BodyKind
    path: str
    licence: Licence | None = None
    because: str = ""  # why it is rectifying, suspended or revoked
    until: date | None = None  # last day to rectify, or of the suspension
    inspections: list[AnnualInspection] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _of_release_0_1(cls, told: Any) -> Any:
        """There, a station was `registered` and appraised without a licence. It has applied, and waits for one."""
        if isinstance(told, dict) and told.get("kind") == "station" and told.get("state") == REGISTERED:
            return {**told, "state": APPLIED}
        return told

    @property
    def above(self) -> str:
        """The body right above; the Centre itself has none."""
        codes = self.path.strip("/").split("/")
        return codes[-2] if len(codes) > 1 else ""

    @property
    def registered_by(self) -> str:
        return next((one.by for one in self.history if one.verb == "register"), "")

    @abstractmethod
    def tell(self, at: datetime) -> None:
        """Note the whole entry, standing included: others enforce what they were told."""

    # --- the licence ----------------------------------------------------------------------------------------------

    def license(self, by: Actor, at: datetime, licence: Licence) -> None:
        """许可: the first one, a renewal, or another scope. Four eyes: not by whoever registered the body.

        Raises WrongState, NotAllowed, Invalid with every contradiction of the licence."""
        if self.kind == "centre":
            raise Invalid("指导中心不持鉴定许可证 · the Centre gives licences and holds none")
        self.only_when("license", REGISTERED, APPLIED, LICENSED, RECTIFYING)
        by.must_be(Role.CENTRE_APPROVER)
        by.must_not_be((self.registered_by,), "who registered a body may not license it")
        problems = contradictions.of_licence(licence)
        if problems:
            raise Invalid("许可证内容有误 · the licence contradicts itself", problems)
        self.licence = licence
        to = RECTIFYING if self.state == RECTIFYING else LICENSED
        self._become(to, "license", by, at, because=self.because, until=self.until)

    def inspect(
        self, by: Actor, at: datetime, *, year: int, passed: bool, findings: list[str], until: date | None
    ) -> None:
        """年检. Failed: it must rectify within three months (rules §4.1); failing again meanwhile moves no deadline back.

        until: last day to rectify, needed when it failed. Raises WrongState, NotAllowed, Invalid."""
        self.only_when("inspect", LICENSED, RECTIFYING)
        by.must_be(Role.CENTRE_CLERK, Role.CENTRE_APPROVER)
        problems = [] if passed else self._deadline_problems(until, at)
        if year > local_day(at).year:
            problems.append(Problem("/year", f"{year} 年尚未开始 · {year} has not begun"))
        if any(one.year == year and one.passed for one in self.inspections):
            problems.append(Problem("/year", f"{year} 年年检已通过 · passed the inspection of {year} already"))
        if not passed and not findings:
            problems.append(Problem("/findings", "不合格须写明问题 · a failed inspection needs its findings"))
        if problems:
            raise Invalid("年检记录有误 · the inspection cannot be recorded like this", problems)
        self.inspections.append(
            AnnualInspection(year=year, passed=passed, findings=findings, on=local_day(at), by=by.id)
        )
        if passed or until is None:
            self._become(self.state, "inspect", by, at, because=self.because, until=self.until)
            return
        last = min(until, self.until) if self.until is not None else until
        self._become(
            RECTIFYING, "inspect", by, at, f"{year} 年年检不合格 · failed the inspection of {year}", until=last
        )

    # --- carried out as sanctions, or by who lifts them: these ask the state, the doors ask the role ----------------

    def order_rectification(self, by: Actor, at: datetime, reason: str, until: date, *, sanction: str = "") -> None:
        """责令限期整改, three months at most. Raises WrongState, Invalid."""
        self.only_when("order_rectification", LICENSED)
        self._need(reason, self._deadline_problems(until, at))
        self._become(RECTIFYING, "order_rectification", by, at, reason, until=until, sanction=sanction)

    def clear_rectification(self, by: Actor, at: datetime, reason: str = "", *, sanction: str = "") -> None:
        """整改验收: what was found is mended. Raises WrongState."""
        self.only_when("clear_rectification", RECTIFYING)
        self._become(LICENSED, "clear_rectification", by, at, reason, because="", sanction=sanction, lifting=True)

    def suspend(self, by: Actor, at: datetime, reason: str, until: date | None = None, *, sanction: str = "") -> None:
        """暂停鉴定. until: when it is meant to end; somebody reinstates, time alone does not. Raises WrongState, Invalid."""
        self.only_when("suspend", LICENSED, RECTIFYING)
        past = until is not None and until < local_day(at)
        self._need(reason, [Problem("/until", "已过 · lies in the past")] if past else [])
        self._become(SUSPENDED, "suspend", by, at, reason, until=until, sanction=sanction)

    def reinstate(self, by: Actor, at: datetime, reason: str, *, sanction: str = "") -> None:
        """恢复. Raises WrongState, Invalid."""
        self.only_when("reinstate", SUSPENDED)
        self._need(reason)
        self._become(LICENSED, "reinstate", by, at, reason, because="", sanction=sanction, lifting=True)

    def revoke(self, by: Actor, at: datetime, reason: str, *, sanction: str = "") -> None:
        """取消资质, for good; an application too may be turned down for good. Raises WrongState, Invalid."""
        self.only_when("revoke", APPLIED, LICENSED, RECTIFYING, SUSPENDED)
        self._need(reason)
        self._become(REVOKED, "revoke", by, at, reason, sanction=sanction)

    def abide(
        self,
        verb: str,
        by: Actor,
        at: datetime,
        reason: str,
        *,
        sanction: str,
        until: date | None = None,
        lifting: bool = False,
    ) -> None:
        """A sanction, or its end, that finds nothing to change: an act all the same, by which it is recognised, and told,
        so that its own record says so. verb: what was ordered. Where the body stands under that measure already (an
        annual inspection told it to rectify), the newer reason and term take the place of the older ones."""
        because, term = (reason, until) if self.state == _LEADS_TO.get(verb) else (self.because, self.until)
        self._become(self.state, verb, by, at, reason, because=because, until=term, sanction=sanction, lifting=lifting)

    def _become(
        self,
        to: str,
        verb: str,
        by: Actor,
        at: datetime,
        reason: str = "",
        *,
        because: str | None = None,
        until: date | None = None,
        sanction: str = "",
        lifting: bool = False,
    ) -> None:
        """because: what stays written as the reason of the standing, if not the reason of this step. sanction: what
        orders it; lifting: or ends by it."""
        before = self.state
        self.because, self.until = reason.strip() if because is None else because, until
        self.move(verb, to, by, at, reason.strip())
        self.tell(at)
        if to != before or sanction:
            fact = BodyStandingChanged(
                body=self.id,
                path=self.path,
                above=self.above,
                from_state=before,
                to_state=to,
                reason=reason.strip(),
                until=until,
                sanction=sanction,
                lifting=lifting and bool(sanction),
            )
            self.note(fact, at)

    def _need(self, reason: str, problems: list[Problem] | None = None) -> None:
        found = list(problems or ())
        if not reason.strip():
            found.append(Problem("/reason", "须说明理由 · a reason is needed"))
        if found:
            raise Invalid("处理内容有误 · this cannot be ordered like this", found)

    def _deadline_problems(self, until: date | None, at: datetime) -> list[Problem]:
        today = local_day(at)
        latest = months_later(today, RECTIFY_WITHIN)
        if until is None:
            return [Problem("/until", "须写明整改期限 · the last day to rectify is needed", f"≤ {latest}")]
        if not today <= until <= latest:
            what = f"整改期限应在今天至三个月内 · must lie between today and three months from now, {latest}"
            return [Problem("/until", what, f"≤ {latest}")]
        return []
