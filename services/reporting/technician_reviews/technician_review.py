"""机械工业职业技能鉴定审批表, of one candidate for level 2 or 1 (R4.2): until the form itself is in the system, its number, day
and panel as the Centre read them from the paper.

It is bound to the person on the line, by a keyed hash, and to occupation and level: it covers nobody else who gets the same
ticket later, and nothing else that this person is entered for later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from services.reporting import ids
from shared.actor import Actor
from shared.contracts.reporting import RosterLine
from shared.errors import Problem
from shared.keeping.aggregate import Aggregate
from shared.text import OneLine
from shared.words import Words

RECORDED = "recorded"


class ApprovalForm(BaseModel):
    """What is taken from the paper."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    document_no: OneLine = Field(
        min_length=1, max_length=60, description="审批表文号 · document number of the approval form"
    )
    reviewed_on: date = Field(
        description="审批日期，不早于鉴定日期 · day of the approval form; not before the day of the exam"
    )
    panel: list[OneLine] = Field(min_length=1, max_length=15, description="评委姓名 · names of the panel's members")

    @property
    def form(self) -> ApprovalForm:
        """Without what a request says besides."""
        return ApprovalForm(document_no=self.document_no, reviewed_on=self.reviewed_on, panel=self.panel)


@dataclass(frozen=True, slots=True)
class FormRules:
    """held_on: day of the exam, after which the form is filled in. least, odd: what its panel must be (rules §4.3, §9)."""

    today: date
    held_on: date
    least: int = 3
    odd: bool = True

    def wrong(self, form: ApprovalForm, where: str) -> list[Problem]:
        """where: JSON pointer of the form."""
        found: list[Problem] = []
        if form.reviewed_on > self.today:
            found.append(Problem(f"{where}/reviewed_on", f"{form.reviewed_on} 尚未到来 · is still to come"))
        if form.reviewed_on < self.held_on:
            found.append(
                Problem(
                    f"{where}/reviewed_on",
                    f"审批表含本次成绩，不应早于鉴定日期 {self.held_on} · the form holds the scores of the exam of "
                    f"{self.held_on}, so it is not older",
                    "请核对审批表上的日期 · compare with the day on the form",
                )
            )
        if len(set(form.panel)) != len(form.panel):
            found.append(Problem(f"{where}/panel", "评委姓名重复 · a member is named twice"))
        if len(form.panel) < self.least:
            found.append(
                Problem(f"{where}/panel", f"评委不得少于 {self.least} 人 · a panel has {self.least} members at least")
            )
        if self.odd and len(form.panel) % 2 == 0:
            found.append(Problem(f"{where}/panel", "评委人数应为单数 · the number of members is odd"))
        return found


class TechnicianReview(Aggregate):
    """body, path: of the roster when it was recorded. person: keyed hash, shown to nobody."""

    KIND: ClassVar[str] = "technician_review"
    SOURCE: ClassVar[str] = "/reporting"
    WORDS: ClassVar[Words] = Words(
        "technician_review",
        ("技师审批表", "technician review"),
        states={RECORDED: ("已登记", "recorded")},
        verbs={"record": ("登记", "recorded"), "correct": ("更正", "corrected")},
    )

    body: str
    path: str
    roster: str
    ticket: str
    person: str
    occupation: str
    level: int
    document_no: str
    reviewed_on: date
    panel: list[str]

    @classmethod
    def record(
        cls,
        by: Actor,
        at: datetime,
        roster: str,
        body: str,
        path: str,
        line: RosterLine,
        person: str,
        form: ApprovalForm,
    ) -> TechnicianReview:
        """登记审批表."""
        review = cls(
            id=ids.technician_review_id(roster, line.ticket),
            state="",
            body=body,
            path=path,
            roster=roster,
            ticket=line.ticket,
            person=person,
            occupation=line.occupation,
            level=line.level,
            **form.model_dump(),
        )
        review.move("record", RECORDED, by, at)
        return review

    def record_anew(self, by: Actor, at: datetime, line: RosterLine, person: str, form: ApprovalForm) -> None:
        """Somebody else has the ticket by now, or the same person for another occupation or level."""
        self._take(form)
        self.person, self.occupation, self.level = person, line.occupation, line.level
        why = "准考证号已换人，或改报其他职业、等级 · the ticket is another person's now, or for another occupation or level"
        self.move("record", RECORDED, by, at, why)

    def correct(self, by: Actor, at: datetime, form: ApprovalForm, reason: str) -> None:
        """更正: it was read or typed wrongly."""
        self._take(form)
        self.move("correct", RECORDED, by, at, reason)

    def _take(self, form: ApprovalForm) -> None:
        self.document_no, self.reviewed_on, self.panel = form.document_no, form.reviewed_on, list(form.panel)

    @property
    def form(self) -> ApprovalForm:
        return ApprovalForm(document_no=self.document_no, reviewed_on=self.reviewed_on, panel=self.panel)

    def is_of(self, line: RosterLine, person: str) -> bool:
        """Whether it is about this person, occupation and level. person: the hash of whoever stands on the line."""
        return (self.person, self.occupation, self.level) == (person, line.occupation, line.level)

    def covers(self, line: RosterLine, person: str, held_on: date) -> bool:
        """Whether it is of this line, and not older than the exam."""
        return self.is_of(line, person) and self.reviewed_on >= held_on
