"""A sanction: one step of the ladder of rules §4.9, up to the revocation, which two persons confirm and four services
carry out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from services.supervision.disclosure import DisclosedLater
from services.supervision.figures.figures import Dated, Figures
from services.supervision.inspections.inspection import LONGEST_MONTHS
from services.supervision.sanctions.effects import differences, must_agree
from services.supervision.sanctions.measures import LEADS_TO, Step, misfits
from shared.actor import Actor
from shared.contracts.supervision import (
    MEASURE_NAMES,
    MEASURES,
    Measure,
    SanctionCarriedOut,
    SanctionConfirmed,
    SanctionLifted,
    SanctionProposed,
    SanctionSeconded,
)
from shared.contracts.windup import SERVICES, Effect, in_order
from shared.contracts.words import STANDINGS
from shared.errors import Invalid, Problem
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day, months_later
from shared.trade.roles import Role
from shared.words import Words

PROPOSED, SECONDED, CONFIRMED, WITHDRAWN = "proposed", "seconded", "confirmed", "withdrawn"
LIFTED, SUPERSEDED, CARRIED_OUT, DIFFERS = "lifted", "superseded", "carried_out", "differs"
WITHOUT_EFFECT = "without_effect"
STATES = (PROPOSED, SECONDED, CONFIRMED, WITHDRAWN, LIFTED, SUPERSEDED, CARRIED_OUT, DIFFERS, WITHOUT_EFFECT)
VERBS = ("confirm", "withdraw", "lift", "supersede", "take_result", "take_standing")

PROPOSERS = (Role.CENTRE_CLERK, Role.CENTRE_APPROVER)
LIFTABLE: tuple[Measure, ...] = ("rectification", "suspension")
"""What has a term, and an end."""
IN_FORCE = (CONFIRMED, CARRIED_OUT, DIFFERS)
_ONCE = (*IN_FORCE, LIFTED, SUPERSEDED)  # were in force at some time


def rank(measure: Measure) -> int:
    """1 for a notice, 4 for a revocation."""
    return MEASURES.index(measure) + 1


class Sanction(DisclosedLater):
    """path, body: of the body concerned, which may know of it once it is confirmed. effects: of a revocation, what was
    shown before. results: service → what it did. put, ended: what it did to the standing of the body, and what its
    lifting did, as soon as the directory said so."""

    KIND: ClassVar[str] = "sanction"
    SOURCE: ClassVar[str] = "/supervision"
    WORDS: ClassVar[Words] = Words(
        "sanction",
        ("处理", "sanction"),
        states={
            PROPOSED: ("已提出，待确认", "proposed"),
            SECONDED: ("一人已确认", "confirmed by one of two"),
            CONFIRMED: ("已确认", "confirmed"),
            WITHDRAWN: ("已撤回", "withdrawn"),
            LIFTED: ("已解除", "lifted"),
            SUPERSEDED: ("已被更重的处理取代", "superseded by a graver one"),
            CARRIED_OUT: ("已执行", "carried out"),
            DIFFERS: ("已执行，与预览有出入", "carried out, not quite as it was shown before"),
            WITHOUT_EFFECT: ("未生效", "without effect"),
        },
        verbs={
            "propose": ("提出", "proposed"),
            "confirm": ("确认", "confirmed"),
            "withdraw": ("撤回", "withdrawn"),
            "lift": ("解除", "lifted"),
            "supersede": ("由更重的处理取代", "superseded"),
            "carry_out": ("记为已执行", "recorded as carried out"),
            "miss": ("记为未生效", "recorded as without effect"),
            "take_result": ("登记执行结果", "given the result of a service"),
            "take_standing": ("登记机构资质的变化", "told what became of the body"),
            "orders": ("取用善后任务", "asked for orders"),
            "put_into_force": ("生效", "put into force"),
            "print": ("出具决定书", "put on paper"),
        },
    )
    NEXT: ClassVar[Mapping[str, str]] = {
        PROPOSED: "先由中心审批人确认，或撤回 · the Centre's approver confirms it first, or it is withdrawn",
        SECONDED: "先由另一名中心审批人确认，或撤回 · a second approver of the Centre has to confirm it, or it is withdrawn",
        CONFIRMED: "不再需要的，由中心审批人解除 · the Centre's approver may lift it",
        WITHDRAWN: "须处理的另行提出 · propose another one",
        LIFTED: "须处理的另行提出 · propose another one",
        SUPERSEDED: "请在更重的处理上办理 · go on with the graver one",
        CARRIED_OUT: "不再更改 · it stays as it is",
        DIFFERS: "不再更改 · it stays as it is",
        WITHOUT_EFFECT: "须处理的另行提出 · propose another one",
    }

    measure: Measure
    reason: str
    skips_because: str = ""
    violations: list[str] = Field(default_factory=list)
    inspections: list[str] = Field(default_factory=list)
    until: date | None = None
    proposed_by: str
    confirmed_by: list[str] = Field(default_factory=list)
    confirmed_at: datetime | None = None
    effects: list[Effect] = Field(default_factory=list)
    results: dict[str, list[Effect]] = Field(default_factory=dict)
    differs_in: list[str] = Field(default_factory=list)
    put: Step | None = None
    ended: Step | None = None

    def must_be_decided(self) -> None:
        """Raises WrongState before it is confirmed: there is no decision that a paper could say."""
        if self.confirmed_at is None:
            raise self.WORDS.wrong_state(self.id, self.state, "print", self.NEXT[self.state])

    @property
    def needed(self) -> int:
        """Persons who must confirm it."""
        return 2 if self.measure == "revocation" else 1

    @property
    def branch(self) -> str | None:
        return BodyPath.read(self.path).branch

    @property
    def centre(self) -> str:
        return BodyPath.read(self.path).centre

    @property
    def binds(self) -> bool:
        """Whether the body is under this measure now. A notice is said once and binds nobody."""
        return self.state in IN_FORCE and self.measure != "notice"

    def propose(self, by: Actor, at: datetime, before: Sequence[Sanction], standing: str) -> None:
        """The first act on a new one. before: the other sanctions of the body; standing: of the body, as far as it is
        known here. Raises Invalid, NotAllowed."""
        by.must_be(*PROPOSERS)
        if by.path == self.path:
            raise Invalid("不能处理本机构 · nobody sanctions their own body", [Problem("/body", "本机构 · your own")])
        wrong = [
            *self._unfounded(),
            *self._off_the_ladder(before),
            *misfits(self.measure, standing),
            *self._untimely(at),
        ]
        if wrong:
            raise Invalid("不能这样提出处理 · a sanction cannot be proposed like this", wrong)
        self.move("propose", PROPOSED, by, at, self.reason)
        self.note(SanctionProposed.model_validate(self._waiting()), at)

    def confirm(self, by: Actor, at: datetime, standing: str, foreseen: Sequence[Effect] = ()) -> None:
        """确认. standing: of the body now. foreseen: of a revocation, the effects its choices would have now.

        Raises Invalid, Overtaken, NotAllowed."""
        self.only_when("confirm", PROPOSED, SECONDED)
        by.must_be(Role.CENTRE_APPROVER)
        by.must_sit_at(self.centre)
        by.must_not_be(
            (self.proposed_by, *self.confirmed_by),
            "提出或已确认此项处理的人不得（再）确认 · who proposed a sanction, or confirmed it, may not confirm it (again)",
        )
        wrong = [*misfits(self.measure, standing), *self._untimely(at)]
        if wrong:
            raise Invalid("提议已不成立，请重新提出 · this does not hold any more: propose it again", wrong)
        must_agree(self.effects, foreseen)
        self.confirmed_by.append(by.id)
        if len(self.confirmed_by) < self.needed:
            self.move("confirm", SECONDED, by, at)
            self.note(SanctionSeconded.model_validate(self._waiting()), at)
            return
        self.confirmed_at, self.disclosed = at, True
        if self.measure == "rectification" and self.until is None:
            self.until = months_later(local_day(at), LONGEST_MONTHS)
        self.move("confirm", CONFIRMED, by, at)
        self.note(SanctionConfirmed(**self._head(), until=self.until), at)

    def withdraw(self, by: Actor, at: datetime, reason: str) -> None:
        """撤回, as long as it is not confirmed."""
        self.only_when("withdraw", PROPOSED, SECONDED)
        by.must_be(*PROPOSERS)
        by.must_sit_at(self.centre)
        self.move("withdraw", WITHDRAWN, by, at, _needed(reason))

    def lift(self, by: Actor, at: datetime, reason: str) -> None:
        """解除: the rectification passed, or the suspension ends. A notice and a revocation are for good."""
        self.only_when("lift", CONFIRMED)
        by.must_be(Role.CENTRE_APPROVER)
        by.must_sit_at(self.centre)
        if self.measure not in LIFTABLE:
            raise Invalid(f"{MEASURE_NAMES[self.measure]}不能解除 · a {self.measure} cannot be lifted")
        self.move("lift", LIFTED, by, at, _needed(reason))
        self.note(SanctionLifted(**self._head()), at)

    def supersede(self, by: Actor, at: datetime, graver: Sanction) -> bool:
        """A graver measure came into force. False: this one does not bind the body, or not less."""
        if not self.binds or rank(self.measure) >= rank(graver.measure):
            return False
        self.move("supersede", SUPERSEDED, by, at, graver.id)
        return True

    def take_result(self, by: Actor, at: datetime, service: str, effects: Sequence[Effect]) -> bool:
        """One service did its part. Once all have, what happened is held against what was shown. False: known already."""
        if service in self.results:
            return False
        self.only_when("take_result", CONFIRMED)
        self.results[service] = in_order(effects)
        if set(self.results) == set(SERVICES):
            happened = in_order(effect for effects in self.results.values() for effect in effects)
            self.differs_in = differences(self.effects, happened)
            self.move("carry_out", DIFFERS if self.differs_in else CARRIED_OUT, by, at)
            fact = SanctionCarriedOut(
                sanction=self.id,
                body=self.body,
                path=self.path,
                centre=self.centre,
                effects=len(happened),
                agrees=not self.differs_in,
            )
            self.note(fact, at)
        return True

    def take_standing(self, by: Actor, at: datetime, step: Step, *, lifting: bool) -> bool:
        """The directory said what became of the standing. The body may have been given another one in the moment after
        the confirmation, and not be able to take the measure any more: then it is without effect. False: known already."""
        if (self.ended if lifting else self.put) is not None:
            return False
        if lifting:
            self.ended = step
            return True
        self.only_when("take_standing", *_ONCE)
        self.put = step
        if self.state == CONFIRMED and step.to_state != LEADS_TO.get(self.measure):
            zh, en = STANDINGS[step.to_state]
            self.move("miss", WITHOUT_EFFECT, by, at, f"机构{zh} · the body is {en}")
        return True

    def orders_of(self, service: str) -> list[Effect]:
        return [effect for effect in self.effects if effect.service == service]

    def counted(self) -> Dated | None:
        """In the bulletin: once it came into force, by that day in China, and for good, be it lifted or superseded since;
        not if it was without effect."""
        if self.confirmed_at is None or self.state == WITHOUT_EFFECT:
            return None
        return Dated(local_day(self.confirmed_at), Figures(sanctions={self.measure: 1}))

    def _waiting(self) -> dict[str, object]:
        """For the Centre: whoever reads its facts by their path must not find the body concerned, nor the reason."""
        return {
            "sanction": self.id,
            "body": self.centre,
            "path": f"/{self.centre}/",
            "measure": self.measure,
            "confirmed": len(self.confirmed_by),
            "needed": self.needed,
        }

    def _head(self) -> dict[str, object]:
        return {
            "sanction": self.id,
            "body": self.body,
            "path": self.path,
            "branch": self.branch,
            "measure": self.measure,
            "reason": self.reason,
        }

    def _unfounded(self) -> list[Problem]:
        if self.violations or self.inspections:
            return []
        return [Problem("/violations", "须引用已确认的违规或检查 · refer to a confirmed violation or an inspection")]

    def _off_the_ladder(self, before: Sequence[Sanction]) -> list[Problem]:
        mine = rank(self.measure)
        binding = max((other for other in before if other.binds), key=lambda other: rank(other.measure), default=None)
        reached = max((rank(other.measure) for other in before if other.state in _ONCE), default=0)
        if binding is not None and mine <= rank(binding.measure):
            what = f"已在执行{MEASURE_NAMES[binding.measure]} · {binding.measure} is in force already"
            first = f"先解除处理 {binding.id} · lift sanction {binding.id} first"
            return [Problem("/measure", what, first if binding.measure in LIFTABLE else "")]
        if any(other.state in (PROPOSED, SECONDED) and other.measure == self.measure for other in before):
            return [Problem("/measure", "已有同样的提议待确认 · the same measure waits to be confirmed")]
        if mine > reached + 1 and not self.skips_because.strip():
            skipped = MEASURES[reached]
            return [
                Problem(
                    "/skips_because",
                    f"越过{MEASURE_NAMES[skipped]}须说明理由 · skipping {skipped} needs a reason",
                    "情节严重的具体说明 · say why it is that grave",
                )
            ]
        return []

    def _untimely(self, at: datetime) -> list[Problem]:
        if self.until is None:
            return []
        today = local_day(at)
        if self.measure not in LIFTABLE:
            return [Problem("/until", f"{MEASURE_NAMES[self.measure]}没有期限 · a {self.measure} has no term")]
        if self.until <= today:
            return [Problem("/until", f"{self.until} 须在今天之后 · must lie after today")]
        if self.measure == "rectification" and self.until > months_later(today, LONGEST_MONTHS):
            return [Problem("/until", f"整改不超过 {LONGEST_MONTHS} 个月 · a rectification takes three months at most")]
        return []


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Invalid("须说明理由 · this needs a reason")
    return reason.strip()
