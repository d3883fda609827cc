"""Registered persons: examiners, senior examiners and quality supervisors, with card, occupations, levels and term.

Identity numbers are not collected: the card's number tells them apart. Nothing of them goes on the bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal, Self

from services.directory import ids
from services.directory.bodies import contradictions
from services.directory.bodies.body import Body
from services.directory.keepers import PERSON_KEEPERS
from shared.actor import Actor
from shared.contracts.directory import ScopeItem
from shared.errors import Invalid, Problem
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import months_later
from shared.trade.numbers.spelling import normalise
from shared.trade.roles import Role
from shared.words import Words

ACTIVE, WITHDRAWN = "active", "withdrawn"
STATES = (ACTIVE, WITHDRAWN)

Office = Literal["examiner", "senior_examiner", "quality_supervisor"]
"""考评员, 高级考评员, 质量督导员."""

EXAMINER_LEVELS = frozenset({5, 4, 3})
"""What an examiner may assess; levels 2 and 1 are a senior examiner's (rules §4.3)."""

TERM = 36
"""Months of an appointment, and of a card (rules §4.3, §4.4)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked for: of an office, in a state, who may assess an occupation at a level on a day. Empty and None ask
    nothing."""

    office: str = ""
    state: str = ""
    occupation: str = ""
    level: int | None = None
    day: date | None = None


class RegisteredPerson(Aggregate):
    """id: computed from the card's number, so a card is registered once. path: of the body."""

    KIND: ClassVar[str] = "person"
    SOURCE: ClassVar[str] = "/directory"
    WORDS: ClassVar[Words] = Words(
        "person",
        ("人员登记", "registered person"),
        states={ACTIVE: ("在聘", "appointed"), WITHDRAWN: ("已注销", "withdrawn")},
        verbs={
            "register": ("登记", "registered"),
            "renew": ("续聘", "appointed anew"),
            "withdraw": ("注销", "withdrawn"),
        },
    )
    NEXT: ClassVar[Mapping[str, str]] = {
        WITHDRAWN: "须重新登记 · register them again",
    }

    office: Office
    name: str
    card_no: str
    body: str
    path: str
    scope: list[ScopeItem]
    appointed_from: date
    valid_until: date
    withdrawn_because: str = ""

    @classmethod
    def register(
        cls,
        by: Actor,
        at: datetime,
        *,
        office: Office,
        name: str,
        card_no: str,
        body: Body,
        scope: list[ScopeItem],
        appointed_from: date,
        valid_until: date | None = None,
    ) -> Self:
        """登记. Quality supervisors are sent by the Centre (rules §4.4), so its clerk enters them.

        valid_until: three years where nothing is said. Raises NotAllowed, Invalid with everything wrong."""
        _must_be_clerk(by, office)
        last = valid_until or _end_of_term(appointed_from)
        problems = _problems(office, scope, appointed_from, last)
        problems += contradictions.of_ended(body.id, body.state, "/body")
        if problems:
            raise Invalid("人员登记信息有误 · the person cannot be registered like this", problems)
        card = normalise(card_no)
        person = cls(
            id=ids.registered_person_id(card),
            state="",
            office=office,
            name=name,
            card_no=card,
            body=body.id,
            path=body.path,
            scope=scope,
            appointed_from=appointed_from,
            valid_until=last,
        )
        person.move("register", ACTIVE, by, at)
        return person

    def renew(
        self,
        by: Actor,
        at: datetime,
        *,
        appointed_from: date,
        valid_until: date | None = None,
        scope: list[ScopeItem] | None = None,
    ) -> None:
        """续聘: another term, with another scope if one is given. Raises WrongState, NotAllowed, Invalid."""
        self.only_when("renew", ACTIVE)
        _must_be_clerk(by, self.office)
        last = valid_until or _end_of_term(appointed_from)
        chosen = self.scope if scope is None else scope
        problems = _problems(self.office, chosen, appointed_from, last)
        if problems:
            raise Invalid("续聘信息有误 · the appointment cannot be renewed like this", problems)
        self.appointed_from, self.valid_until, self.scope = appointed_from, last, chosen
        self.move("renew", ACTIVE, by, at)

    def withdraw(self, by: Actor, at: datetime, reason: str) -> None:
        """注销, for good: whoever is appointed again gets another card. Raises WrongState, NotAllowed, Invalid."""
        self.only_when("withdraw", ACTIVE)
        _must_be_clerk(by, self.office)
        if not reason.strip():
            raise Invalid("须说明理由 · a reason is needed", [Problem("/reason", "不能为空 · is empty")])
        self.withdrawn_because = reason.strip()
        self.move("withdraw", WITHDRAWN, by, at, reason.strip())

    def may_assess(self, occupation: str, level: int | None, day: date | None) -> bool:
        """On that day, in that occupation, at that level; an empty occupation and None ask nothing."""
        if day is not None and not (self.state == ACTIVE and self.appointed_from <= day <= self.valid_until):
            return False
        if not occupation and level is None:
            return True
        return any(
            (not occupation or item.occupation == occupation) and (level is None or level in item.levels)
            for item in self.scope
        )


def _must_be_clerk(by: Actor, office: Office) -> None:
    if office == "quality_supervisor":
        by.must_be(Role.CENTRE_CLERK)
    else:
        by.must_be(*PERSON_KEEPERS)


def _end_of_term(first: date) -> date:
    """The day before the same day three years on."""
    return date.fromordinal(months_later(first, TERM).toordinal() - 1)


def _problems(office: Office, scope: list[ScopeItem], first: date, last: date) -> list[Problem]:
    found = contradictions.of_term(first, last, "/valid_until") + contradictions.of_scope(scope)
    if office == "quality_supervisor":
        return found
    if not scope:
        found.append(Problem("/scope", "须写明职业和等级 · occupations and levels are needed"))
    if office == "examiner":
        found += [
            Problem(
                f"/scope/{n}/levels/{place}",
                f"考评员只考评五至三级，等级 {level} 须由高级考评员考评 · an examiner assesses levels 5 to 3, not {level}",
                "登记为高级考评员 · register a senior examiner",
            )
            for n, item in enumerate(scope)
            for place, level in enumerate(item.levels)
            if level not in EXAMINER_LEVELS
        ]
    return found
