"""A session as reporting knows it, and what must be so before anybody reports who passed it (R4.1).

It is whatever planning told last. Who is judged by their standing on its day is the body that held it on that day: one that
took it over later (rules §4.9) answers for what it does from then on (docs/decisions/0037).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import SessionPlanApproved
from shared.errors import Invalid, NotYet, Problem
from shared.procedure.form_words import VERBS
from shared.trade.body_words import office
from shared.words import Words

VOIDED, CANCELLED, MOVED = "voided", "cancelled", "moved"
SESSION = Words(
    "session",
    ("鉴定批次", "session"),
    states={VOIDED: ("已作废", "void"), CANCELLED: ("已取消", "cancelled"), MOVED: ("已移交", "moved to another body")},
    verbs={
        "open_roster": ("编制名册", "given a roster"),
        **{verb: (f"{zh}其名册", f"given a roster that is {en}") for verb, (zh, en) in VERBS.items()},
    },
)


@dataclass(frozen=True, slots=True)
class Session:
    """told: the latest of its approval and what changed it. ended: VOIDED or CANCELLED, and because of what; empty while it
    counts. postponed: why it is held on another day than first approved; empty if it is not. drawn: which papers are sat, and
    nobody was shown it before the day. shown: it was postponed when its day had begun, so what was drawn before is known.
    held_since: the day on which the
    body that holds it now took it over; none where it never moved, or an earlier release moved it. told_by: number of that fact;
    a later one has a higher number."""

    told: SessionPlanApproved
    ended: str = ""
    because: str = ""
    postponed: str = ""
    drawn: bool = False
    shown: bool = False
    held_since: date | None = None
    told_by: int = 0

    @property
    def id(self) -> str:
        return self.told.session

    @property
    def planned_by(self) -> str:
        """The number of a session begins with the code of the body that planned it, and never changes."""
        return self.id.partition("-")[0]

    @property
    def on_the_day(self) -> str | None:
        """The body that held it on its day; none where that is not known."""
        if self.planned_by == self.told.body:
            return self.told.body
        if self.held_since is None:
            return None
        return self.told.body if self.held_since <= self.told.held_on else self.planned_by

    @property
    def approved_earlier(self) -> bool:
        """By a release that asked less: what it approved keeps its approval."""
        return self.told.draw_needed is None

    def must_count(self, verb: str) -> None:
        """A session that is not held gets no roster. Raises WrongState."""
        if self.ended:
            why = f"（{self.because}）" if self.because else ""
            next = f"不再举行{why}；另行举行的另编鉴定计划 · it is not held: plan another session instead"
            raise SESSION.wrong_state(self.id, self.ended, verb, next)

    def must_be_held_by(self, body: str, verb: str) -> None:
        """Raises WrongState for one that does not count, or moved to another body."""
        self.must_count(verb)
        if self.told.body != body:
            zh, en = office(self.told.body)
            moved = (f"已移交{zh}", f"was moved to {en}")
            raise SESSION.wrong_state(self.id, MOVED, verb, "由接收机构办理 · that body goes on with it", moved)

    def must_have_been_allowed(self, body: BodyRegistered) -> None:
        """body: the one of `on_the_day`, as it is known now. Raises Invalid.

        A revocation ends no licence here: which sessions of a revoked body go on was decided in its winding-up."""
        day = self.told.held_on
        wrong = []
        if body.suspended_on(day):
            wrong.append(
                Problem(
                    "/session",
                    f"鉴定之日 {day} 该机构被暂停鉴定 · {body.body} was suspended on {day}, the day of the exam",
                    "请中心取消该批次或改期 · ask the Centre to cancel the session or to postpone it",
                )
            )
        nobody_knows = body.suspensions is None and body.licence is None  # an earlier release told it
        if not self.approved_earlier and not nobody_knows and body.licence_on(day) is None:
            wrong.append(
                Problem(
                    "/session",
                    f"鉴定之日 {day} 该机构没有有效的许可证 · {body.body} had no valid licence on {day}, the day of the exam",
                    "请中心核对许可证，或取消该批次 · ask the Centre to put the licence right, or to cancel the session",
                )
            )
        if wrong:
            raise Invalid(f"批次 {self.id} 不得鉴定 · session {self.id} was not allowed to be held", wrong)

    def must_be_drawn(self) -> None:
        """The draw of self-made papers is recorded (R4.1). Raises NotYet: it may have been, and be on its way here."""
        if not self.told.draw_needed or self.drawn:
            return
        if self.shown:
            raise NotYet(
                f"原鉴定日期起套号已公开，改期后须重新抽题：请中心在鉴定计划 {self.id} 中记录抽取，再呈报名册 · since the day "
                f"before the postponement everybody sees which sets were drawn: ask the Centre to draw anew in session plan "
                f"{self.id}"
            )
        raise NotYet(
            f"自编试卷的抽取尚未记录，或尚未送达：请中心在鉴定计划 {self.id} 中记录抽取，再呈报名册 · the draw of the "
            f"self-made papers is not recorded, or has not arrived here yet: ask the Centre to record it in session plan "
            f"{self.id}"
        )
