"""The duties of reporting: their kind, and the rows of what is owed."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.reporting import (
    RosterApproved,
    RosterDiscarded,
    RosterDutyMarked,
    RosterDutyOpened,
    RosterDutyReckoned,
    RosterDutySettled,
    RosterEndorsed,
    RosterReturned,
    RosterSubmitted,
    RosterWithdrawn,
)
from shared.procedure.duties.duty import Duty, Facts, duty_words
from shared.register.duties import DutyRow
from shared.words import Words

SESSION_ROSTER = DutyRow(
    "session_roster", "呈报合格人员名册（附表六）", "submit the roster of passed candidates (form 6)", "R4.2"
)
ROWS = (
    SESSION_ROSTER,
    DutyRow("roster_endorsement", "审核合格人员名册（附表六）", "review a roster (form 6)", "R4.2"),
    DutyRow("roster_approval", "批准合格人员名册（附表六）", "decide on a roster (form 6)", "R4.2"),
)
FORM_TYPES = tuple(
    fact.TYPE
    for fact in (RosterSubmitted, RosterEndorsed, RosterApproved, RosterReturned, RosterWithdrawn, RosterDiscarded)
)
"""After each of them somebody may owe something else."""


class RosterDuty(Duty):
    KIND: ClassVar[str] = "roster_duty"
    SOURCE: ClassVar[str] = "/reporting"
    WORDS: ClassVar[Words] = duty_words(KIND, "名册办理任务", "duty about rosters")
    FACTS: ClassVar[Facts] = Facts(RosterDutyOpened, RosterDutyReckoned, RosterDutyMarked, RosterDutySettled)
