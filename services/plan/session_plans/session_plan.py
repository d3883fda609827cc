"""The plan of one appraisal session (form 2, R4.1). It may be held only after the Centre approved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field

from services.plan.session_plans.paper_draw import (
    DrawnSet,
    PaperDraw,
    key_of,
    known_by_now,
    untimely,
    wrong_sets,
    wrong_witness,
)
from shared.actor import Actor
from shared.contracts import plan
from shared.contracts.envelope import Fact
from shared.errors import Invalid, Problem
from shared.procedure.approval import APPROVED, DRAFT, EARLY, ENDORSED, NEXT, RETURNED, SUBMITTED, TAKEN_OVER, Approval
from shared.procedure.form_words import WINDING_UP, form_words
from shared.trade.deadline import local_day
from shared.trade.roles import Role
from shared.words import Words

VOIDED, REPORTED, CANCELLED = "voided", "reported", "cancelled"
OPEN = (DRAFT, RETURNED, SUBMITTED, ENDORSED, APPROVED)
"""States in which a session that is not reported yet may still be held, or finished, moved or voided."""

_REPORTING = Actor("reporting", "名册 · roster", "", "/", frozenset({Role.SERVICE}))


class SessionPlan(Approval):
    """reported: its roster was approved, so nothing about it is open any more."""

    KIND: ClassVar[str] = "session_plan"
    SOURCE: ClassVar[str] = "/plan"
    WORDS: ClassVar[Words] = form_words(
        "session_plan",
        ("鉴定计划", "session plan"),
        states={CANCELLED: ("已取消", "cancelled"), VOIDED: ("已作废", "void")},
        verbs={
            "postpone": ("改期", "postponed"),
            "cancel": ("取消", "cancelled"),
            "draw": ("抽题", "given a draw of papers"),
            "restore": ("恢复", "restored"),
            **WINDING_UP,
        },
    )
    BESIDES: ClassVar[tuple[str, ...]] = ("postpone", "cancel", "draw")
    NEXT: ClassVar[Mapping[str, str]] = {
        **NEXT,
        APPROVED: "不再修改：改期由中心审批人办理（POST …/postponement），不举行的取消（POST …/cancellation） · it "
        "is approved: the Centre's approver may set another day (POST …/postponement); if it is not held, cancel it (POST "
        "…/cancellation)",
        CANCELLED: "另行举行的另编计划 · plan another session instead",
        VOIDED: "随机构资质取消而不再举行 · it is not held: its body lost its licence",
    }
    EARLY: ClassVar[Mapping[str, str]] = {
        **EARLY,
        "postpone": "日期直接修改 · revise its day",
        "cancel": "不举行的作废草稿 · give the draft up if it is not held",
        "draw": "批准后再抽题 · draw once it is approved",
    }

    year: int
    number: int
    annual_plan: str
    held_on: date
    place: str
    in_charge: str
    items: list[plan.PlannedItem]
    standard: plan.Standard = "national"
    paper_source: plan.PaperSource = "self_made"
    fee_yuan: int | None = None
    paper_sets: dict[str, int] = Field(default_factory=dict)
    """Sets of self-made papers by item (`paper_draw.key_of`), as the body stated them."""
    draw_needed: bool | None = None
    """Whether its roster waits for a draw; settled at the approval. None: an earlier release approved it, and it may be
    finished as it could be then."""
    draws: list[PaperDraw] = Field(default_factory=list)
    """Oldest first; the last one counts, unless its sets were shown before the exam."""
    shown_at: datetime | None = None
    draws_shown: int = 0
    """When it was last put off though its day had begun, on which everybody sees what was drawn, and how many draws there were
    then: those do not count any more."""
    moved_with: list[plan.PlannedItem] | None = None
    """What it was when another body took it over."""
    reported: bool = False

    @property
    def heads(self) -> int:
        return sum(item.heads for item in self.items)

    def ready_to_submit(self) -> None:
        if not self.items:
            raise Invalid("计划没有内容 · the plan has no lines")

    @property
    def was_moved(self) -> bool:
        """Another body took it over from a revoked one."""
        return bool(self.whoever("transfer"))

    def sets_stated(self, item: plan.PlannedItem) -> int | None:
        """Sets of self-made papers; none where the body states nothing."""
        return self.paper_sets.get(key_of(item))

    def sets_of(self, item: plan.PlannedItem) -> int:
        return self.sets_stated(item) or 0

    @property
    def standing_draws(self) -> list[PaperDraw]:
        """Without those whose sets were shown before the exam, which was put off."""
        return self.draws[self.draws_shown :]

    def approving(self, at: datetime) -> None:
        self.draw_needed = self.paper_source == "self_made"

    def close(self, at: datetime, held_on: date | None = None) -> bool:
        """The Centre approved its roster. False: known already. held_on: the day that the roster is of; none where an
        earlier release does not say.

        If it was cancelled or put off meanwhile, it was held nevertheless: it is approved again, for the day on which it
        was held, and everybody hears of it."""
        if self.reported:
            return False
        self.reported = True
        held_on = held_on or self.held_on
        if self.state == CANCELLED or (self.state == APPROVED and self.held_on != held_on):
            why = "取消或改期送达前名册已获批准 · its roster was approved before the cancellation or the new day arrived there"
            self.held_on = held_on
            self.move("restore", APPROVED, _REPORTING, at, why)
            self.note(self.fact_of("approve"), at)
        return True

    # --- what may become of an approved session ---

    def may_take(self, verb: str, by: Actor) -> None:
        """Also of what is no step of the way. Raises WrongState, NotAllowed, Invalid."""
        match verb:
            case "postpone":
                self._only_open(verb, APPROVED)
                by.must_be(Role.CENTRE_APPROVER)
                by.must_sit_at(self.centre)
                by.must_not_be(
                    self._signed("prepared_by") | self._signed("submitted_by") | self._signed("endorsed_by"),
                    "编制、呈报或审核过的人不得改期 · who prepared, submitted or endorsed may not postpone",
                )
            case "cancel":
                self._only_open(verb, APPROVED)
                by.must_be(Role.STATION_HEAD, Role.BRANCH_OFFICER, Role.CENTRE_APPROVER)
                by.must_sit_at(self.centre if Role.CENTRE_APPROVER in by.roles else self.body)
            case "draw":
                self._only_open(verb, APPROVED)
                by.must_be(Role.CENTRE_CLERK, Role.CENTRE_APPROVER)
                by.must_sit_at(self.centre)
                by.must_not_be(
                    self._signed("prepared_by") | self._signed("submitted_by"),
                    "编制或呈报过的人不得抽题 · who prepared or submitted may not draw",
                )
                if self.paper_source != "self_made":
                    raise Invalid(
                        "题库试卷无须抽题 · the papers come from a question bank: there is nothing to draw here"
                    )
            case _:
                super().may_take(verb, by)

    def postpone(self, by: Actor, at: datetime, held_on: date, reason: str) -> None:
        """改期: another day, sooner or later, by the Centre's approver. Raises WrongState, NotAllowed, Invalid."""
        self.may_take("postpone", by)
        if held_on == self.held_on:
            raise Invalid(
                "改期须另定日期 · it is held on that day already",
                [Problem("/held_on", f"原定即为 {held_on} · it is held on that day already", "另定日期 · another day")],
            )
        if self.draws and local_day(at) >= self.held_on:
            self.shown_at, self.draws_shown = at, len(self.draws)
        before, self.held_on = self.held_on, held_on
        self.move("postpone", APPROVED, by, at, reason)
        fact = plan.SessionPlanPostponed(
            **self._head(), **self._approved(), branch=self.branch, held_before=before, reason=reason
        )
        self.note(fact, at)

    def cancel(self, by: Actor, at: datetime, reason: str) -> None:
        """取消: it is not held, by the head of its body (its officer, where that is a branch) or the Centre's approver.

        Raises WrongState, NotAllowed."""
        self.may_take("cancel", by)
        self.move("cancel", CANCELLED, by, at, reason)
        fact = plan.SessionPlanCancelled(
            **self._head(),
            branch=self.branch,
            centre=self.centre,
            held_on=self.held_on,
            reason=reason,
            cancelled_by=by.body or None,
        )
        self.note(fact, at)

    def may_draw(self, by: Actor, at: datetime) -> None:
        """The guards of a draw alone. Raises WrongState, NotAllowed, Invalid from the day of the exam on, once a draw
        stands."""
        self.may_take("draw", by)
        if self.standing_draws and local_day(at) >= self.held_on:
            raise known_by_now()

    def record_draw(
        self, by: Actor, at: datetime, drawn_at: datetime, sets: Sequence[DrawnSet], witness: str, reason: str
    ) -> None:
        """抽题 by two at the Centre, neither of whom had a hand in the plan: who draws and is signed in, and who watches.

        Before the day it may be drawn anew. A draw of which nothing was recorded may be recorded later: both with a
        reason. Raises WrongState, NotAllowed, Invalid with everything that is wrong."""
        self.may_draw(by, at)
        draw = PaperDraw(
            drawn_at=drawn_at, recorded_at=at, by=by.id, name=by.name, witness=witness, sets=list(sets), reason=reason
        )
        approved = max((entry.at for entry in self.history if entry.verb == "approve"), default=drawn_at)
        earliest = approved if self.shown_at is None else max(approved, self.shown_at)
        wrong = [
            *untimely(draw, earliest, self.held_on, bool(self.standing_draws)),
            *wrong_sets(draw.sets, self.items, self.paper_sets),
            *wrong_witness(draw),
        ]
        if wrong:
            raise Invalid("抽题记录有误 · the draw cannot stand like this", wrong)
        self.draws.append(draw)
        self.move("draw", APPROVED, by, at)  # without the reason: the history is not for the Centre alone
        self.note(plan.SessionPlanPapersDrawn(**self._head()), at)

    # --- winding up a revoked body (rules §4.9) ---

    def finish(self, by: Actor, at: datetime, reason: str) -> None:
        """An approved session may still be held and reported. Raises WrongState."""
        self._only_open("finish", APPROVED)
        self.move("finish", APPROVED, by, at, reason)

    def void(self, by: Actor, at: datetime, reason: str, sanction: str) -> None:
        """It is not held. For good. Raises WrongState."""
        self._only_open("void", *OPEN)
        self.move("void", VOIDED, by, at, reason)
        fact = plan.SessionPlanVoided(plan=self.id, session=self.id, body=self.body, path=self.path, sanction=sanction)
        self.note(fact, at)

    def transfer(self, by: Actor, at: datetime, reason: str, body: str, path: str) -> None:
        """Another body holds it, under the same number. What was not approved yet lies on that body's desk, whose people
        have to submit it anew; what was approved is noted anew, so that every local copy follows. Raises WrongState."""
        self._only_open("transfer", *OPEN)
        to = TAKEN_OVER[self.state]
        self.moved_with = self.items
        if to == RETURNED:
            self.submitted_by, self.endorsed_by, self.returned_because = "", "", reason
        self.move("transfer", to, by, at, reason)  # an act of the body that is left
        self.body, self.path = body, path
        if to == APPROVED:
            self.note(self.fact_of("approve"), at)

    def _only_open(self, verb: str, *states: str) -> None:
        """Raises WrongState."""
        if self.reported:
            stands = ("的名册已获批准", "is reported")
            raise self.WORDS.wrong_state(
                self.id, REPORTED, verb, "不再更改 · nothing about it changes any more", stands
            )
        self.only_when(verb, *states)

    def _head(self) -> dict[str, Any]:
        return {"plan": self.id, "session": self.id, "body": self.body, "path": self.path, "at_desk": self.at_desk}

    def _approved(self) -> dict[str, Any]:
        """Everything that whoever copies an approved session needs of it."""
        return {
            "held_on": self.held_on,
            "items": self.items,
            "standard": self.standard,
            "paper_source": self.paper_source,
            "fee_yuan": self.fee_yuan,
            "draw_needed": self.draw_needed,
            "exceptions": [one.rule for one in self.exceptions],
            "place": self.place,
        }

    def _planned(self) -> dict[str, Any]:
        """What whoever has to act on it wants to know."""
        return {"held_on": self.held_on, "place": self.place, "items": self.items}

    def fact_of(self, verb: str) -> Fact:
        head = self._head()
        planned = head | self._planned()
        match verb:
            case "submit":
                return plan.SessionPlanSubmitted(**planned)
            case "endorse":
                return plan.SessionPlanEndorsed(**planned)
            case "approve":
                return plan.SessionPlanApproved(**head, **self._approved())
            case "withdraw":
                return plan.SessionPlanWithdrawn(
                    **planned, desk_before=self.desk_before, reason=self.history[-1].reason
                )
            case "discard":
                before = self.desk_before if self.was_handed_in else None
                return plan.SessionPlanDiscarded(**planned, desk_before=before)
        return plan.SessionPlanReturned(**planned, reason=self.returned_because)
