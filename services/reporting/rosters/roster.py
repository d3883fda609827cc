"""The roster of passed candidates of one session (form 6, R4.2): lines from a workbook, approval, seal.

The lines are documents of their own, one for each page; the roster holds one small row per page of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.reporting.certified.certified import CertifiedBefore
from shared.actor import Actor
from shared.contracts import reporting
from shared.contracts.envelope import Fact
from shared.contracts.plan import PlannedItem
from shared.contracts.reporting import PageSeal, seal_pages
from shared.contracts.words import LEVEL_NAMES
from shared.errors import Invalid, Problem
from shared.procedure.approval import DRAFT, ENDORSED, RETURNED, SUBMITTED, TAKEN_OVER, Approval
from shared.procedure.exceptions import Needed
from shared.procedure.form_words import WINDING_UP, form_words
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day
from shared.trade.roles import Role
from shared.words import Words

VOIDED = "voided"
OPEN = (DRAFT, RETURNED, SUBMITTED, ENDORSED)
"""States in which a roster may still be finished, moved or voided."""


class Attendance(BaseModel):
    """Heads of the session as the appraisal report (form 4) gives them: applied ≥ accepted ≥ examined ≥ passed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    applied: int = Field(ge=0, le=999_999, description="报名人数 · heads that applied")
    accepted: int = Field(ge=0, le=999_999, description="资格审查通过人数 · heads that were accepted")
    examined: int = Field(ge=0, le=999_999, description="实考人数 · heads that sat the exam")

    @model_validator(mode="after")
    def _in_order(self) -> Attendance:
        if not self.applied >= self.accepted >= self.examined:
            raise ValueError("人数应为 报名 ≥ 审查通过 ≥ 实考 · heads must be applied ≥ accepted ≥ examined")
        return self


class PassedOf(BaseModel):
    """Lines of one occupation at one level."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    occupation: str
    level: int
    lines: int


class Checked(BaseModel):
    """What was found when every line was looked at: nobody too young on that day, and so many of each occupation and level."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    held_on: date
    passed: list[PassedOf]

    @classmethod
    def of(cls, held_on: date, passed: Mapping[tuple[str, int], int]) -> Checked:
        """passed: lines by occupation and level."""
        rows = [PassedOf(occupation=code, level=level, lines=n) for (code, level), n in sorted(passed.items())]
        return cls(held_on=held_on, passed=rows)


class Roster(Approval):
    KIND: ClassVar[str] = "roster"
    SOURCE: ClassVar[str] = "/reporting"
    WORDS: ClassVar[Words] = form_words(
        "roster",
        ("合格人员名册", "roster"),
        states={VOIDED: ("已作废", "void")},
        verbs={
            "import": ("导入工作簿", "given a workbook"),
            "postpone": ("随批次改期", "postponed with its session"),
            "review": ("登记技师审批表", "given technician reviews"),
            "fetch": ("取用封存的内容", "read as sealed"),
            **WINDING_UP,
        },
    )

    session: str
    held_on: date
    items: list[PlannedItem]
    producer: str = ""  # settled when the Centre approves
    attendance: Attendance
    import_id: str = ""
    imported_by: str = ""
    pages: list[PageSeal] = Field(default_factory=list)
    checked: Checked | None = (
        None  # none where an earlier release imported the lines: they are looked at before the next step
    )
    certified_before: list[CertifiedBefore] = Field(default_factory=list)
    """Lines whose person held the level already, as it was found at the import, and anew at the approval."""
    approved_on: date | None = None
    seal: str = ""

    @property
    def lines(self) -> dict[int, int]:
        """Lines by level."""
        total: Counter[int] = Counter()
        for page in self.pages:
            total.update(page.lines)
        return dict(sorted(total.items(), reverse=True))

    @property
    def passed(self) -> int:
        return sum(self.lines.values())

    @property
    def needs(self) -> list[Needed]:
        """What the Centre would have to let through now, as far as the roster itself knows; nothing once it is settled."""
        if self.state not in OPEN:
            return []
        return [*self._beyond_planned(), *(Needed(one.rule, one.sentence) for one in self.certified_before)]

    def _beyond_planned(self) -> list[Needed]:
        planned, names = Counter[tuple[str, int]](), dict[str, str]()
        for item in self.items:
            planned[item.occupation, item.level] += item.heads
            names[item.occupation] = item.occupation_zh
        found = []
        for one in self.checked.passed if self.checked else ():
            heads = planned[one.occupation, one.level]
            if one.lines > heads:
                name = f"{names.get(one.occupation, one.occupation)}{LEVEL_NAMES[one.level][0]}"
                what = f"{name}：合格 {one.lines} 人，计划 {heads} 人 · level {one.level}: {one.lines} passed, {heads} planned"
                found.append(Needed(f"beyond_planned/{one.occupation}/{one.level}", what))
        if self.attendance.examined > planned.total():
            what = (
                f"实考 {self.attendance.examined} 人，计划 {planned.total()} 人 · {self.attendance.examined} sat the exam, "
                f"{planned.total()} planned"
            )
            found.append(Needed("examined_beyond_planned", what))
        return found

    def must_not_be_early(self, at: datetime) -> None:
        """Nobody reports before its day who passed an exam. Raises Invalid."""
        if local_day(at) < self.held_on:
            raise Invalid(
                f"鉴定日期 {self.held_on} 未到，当日起方可办理名册 · the exam is held on {self.held_on}: its roster waits for "
                "that day"
            )

    def may_import(self, by: Actor, at: datetime) -> None:
        """Not after submission, and not before the exam. Raises WrongState, NotAllowed, Invalid."""
        self.only_when("import", DRAFT, RETURNED)
        by.must_be(Role.STATION_CLERK)
        by.must_sit_at(self.body)
        self.must_not_be_early(at)

    def take_lines(
        self,
        by: Actor,
        at: datetime,
        import_id: str,
        pages: list[PageSeal],
        checked: Checked | None = None,
        confirmed: int = 0,
    ) -> None:
        """Replace the lines by an imported set that is already stored. Whoever imports them, be it the same lines again, has
        prepared the roster (four eyes, rules §8). checked: none where they are still to be looked at. confirmed: corrections
        of dates, names and numbers that the importer has answered for; the history says how many.

        Raises as `may_import`."""
        self.may_import(by, at)
        self.import_id, self.imported_by, self.pages, self.checked = import_id, by.id, pages, checked
        answered_for = (
            f"已核对并确认 {confirmed} 处更正 · {confirmed} correction(s) looked at and confirmed" if confirmed else ""
        )
        self.move("import", self.state, by, at, answered_for)

    def ready_to_submit(self) -> None:
        wrong: list[Problem] = []
        if not self.pages:
            wrong.append(
                Problem(
                    "/pages",
                    "尚未导入名册 · no workbook was imported yet",
                    "先由本站经办人导入工作簿 · the clerk of the station imports the workbook first (PUT …/workbook)",
                )
            )
        if self.passed > self.attendance.examined:
            examined = self.attendance.examined
            wrong.append(
                Problem("/attendance/examined", f"合格 {self.passed} 人多于实考 {examined} 人 · more passed than sat")
            )
        if wrong:
            raise Invalid("名册尚不能呈报 · the roster cannot be submitted yet", wrong)

    def submit(self, by: Actor, at: datetime) -> None:
        """Only after the exam was held."""
        self.must_not_be_early(at)
        super().submit(by, at)

    def approving(self, at: datetime) -> None:
        """From now on nothing can change the lines: they are sealed."""
        self.approved_on, self.seal = local_day(at), seal_pages(self.pages)

    # --- its session is held on another day ---

    def postpone(self, by: Actor, at: datetime, held_on: date, reason: str) -> None:
        """Lines of the day before are void, and what was on its way lies on the body's desk again. Raises WrongState."""
        self.only_when("postpone", *OPEN)
        to = TAKEN_OVER[self.state]
        on_its_way = to != self.state
        self.held_on = held_on
        self.import_id, self.imported_by, self.pages, self.checked, self.certified_before = "", "", [], None, []
        if on_its_way:
            self.submitted_by, self.endorsed_by, self.returned_because = "", "", reason
        self.move("postpone", to, by, at, reason)
        if on_its_way:
            self.note(self._returned(postponed_to=held_on), at)

    # --- winding up a revoked body (rules §4.9) ---

    def finish(self, by: Actor, at: datetime, reason: str) -> None:
        """It may go on and be approved. Raises WrongState."""
        self.only_when("finish", *OPEN)
        self.move("finish", self.state, by, at, reason)

    def void(self, by: Actor, at: datetime, reason: str) -> None:
        """It is never approved. For good. Raises WrongState."""
        self.only_when("void", *OPEN)
        self.move("void", VOIDED, by, at, reason)

    def transfer(self, by: Actor, at: datetime, reason: str, body: str, path: str) -> None:
        """Another body takes it over: it lies on that body's desk, whose people have to submit it anew. Raises WrongState."""
        self.only_when("transfer", *OPEN)
        to = TAKEN_OVER[self.state]
        self.submitted_by, self.endorsed_by = "", ""
        self.returned_because = reason if to == RETURNED else ""
        self.move("transfer", to, by, at, reason)  # an act of the body that is left
        self.body, self.path = body, path

    def fact_of(self, verb: str) -> Fact:
        head = self._head()
        on_its_way = head | {"held_on": self.held_on}
        match verb:
            case "submit":
                return reporting.RosterSubmitted(**on_its_way, lines=self.lines)
            case "endorse":
                return reporting.RosterEndorsed(**on_its_way, lines=self.lines)
            case "approve":
                assert self.approved_on is not None
                return reporting.RosterApproved(
                    **head,
                    producer=self.producer,
                    approved_on=self.approved_on,
                    lines=self.lines,
                    seal=self.seal,
                    examined=self.attendance.examined,
                    held_on=self.held_on,
                    exceptions=[one.rule for one in self.exceptions],
                )
            case "withdraw":
                return reporting.RosterWithdrawn(
                    **on_its_way, desk_before=self.desk_before, reason=self.history[-1].reason
                )
            case "discard":
                before = self.desk_before if self.was_handed_in else None
                return reporting.RosterDiscarded(**on_its_way, desk_before=before)
        return self._returned()

    def _returned(self, postponed_to: date | None = None) -> reporting.RosterReturned:
        return reporting.RosterReturned(
            **self._head(), held_on=self.held_on, reason=self.returned_because, postponed_to=postponed_to
        )

    def _head(self) -> dict[str, Any]:
        return {
            "roster": self.id,
            "session": self.session,
            "body": self.body,
            "path": self.path,
            "at_desk": self.at_desk,
        }


def producer_of(path: str, producing_branches: frozenset[str]) -> str:
    """Who makes the certificates: the station's branch if it holds the production right, else the Centre (R4.2)."""
    place = BodyPath.read(path)
    return place.branch if place.branch in producing_branches else place.centre
