"""A violation: something of the list of rules §4.9 that a body is said to have done, until the Centre decided on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from services.supervision.disclosure import DisclosedLater
from services.supervision.figures.figures import Dated, Figures
from shared.actor import Actor
from shared.contracts.supervision import ViolationConfirmed
from shared.errors import Invalid, Problem
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day
from shared.trade.roles import Role
from shared.words import Words

RAISED, CONFIRMED, DISMISSED = "raised", "confirmed", "dismissed"
STATES = (RAISED, CONFIRMED, DISMISSED)
VERBS = ("confirm", "dismiss")

RAISERS = (Role.CENTRE_CLERK, Role.CENTRE_APPROVER, Role.BRANCH_OFFICER)

Source = Literal["inspection", "number_check", "roster_import", "hand"]


class Trigger(StrEnum):
    """What rules §4.9 and R3 name."""

    BEYOND_SCOPE = "beyond_scope"  # 超范围鉴定
    SUBCONTRACTING = "subcontracting"  # 转包、委托
    STANDARDS_IGNORED = "standards_ignored"  # 不执行标准
    PAPER_LEAK = "paper_leak"  # 泄题
    PAPER_REUSE = "paper_reuse"  # 重复使用试卷
    STEPS_SKIPPED = "steps_skipped"  # 不履行报名、资格审查程序
    CONDITIONS_CHANGED = "conditions_changed"  # 擅自改变条件
    TOO_FEW_EXAMINERS = "too_few_examiners"  # 考评人员不足
    SUPERVISION_REFUSED = "supervision_refused"  # 拒绝监督检查
    ISSUED_DIRECTLY = "issued_directly"  # 擅自核发证书
    FORGED_CERTIFICATES = "forged_certificates"  # 伪造证书
    MASS_CHEATING = "mass_cheating"  # 半数以上作弊或雷同
    FOREIGN_NUMBER = "foreign_number"  # 证书编号无行业标记 (R3)


class Violation(DisclosedLater):
    """path, body: of the body it is held against, which may know of it once it was confirmed.

    inspection, finding, session: what it refers to. institution, masked: of a foreign certificate number."""

    KIND: ClassVar[str] = "violation"
    SOURCE: ClassVar[str] = "/supervision"
    WORDS: ClassVar[Words] = Words(
        "violation",
        ("违规", "violation"),
        states={
            RAISED: ("已提出，待认定", "raised"),
            CONFIRMED: ("已认定", "confirmed"),
            DISMISSED: ("已不予认定", "dismissed"),
        },
        verbs={"raise": ("提出", "raised"), "confirm": ("认定", "confirmed"), "dismiss": ("不予认定", "dismissed")},
    )
    NEXT: ClassVar[Mapping[str, str]] = {
        CONFIRMED: "不再更改 · it stays as it is",
        DISMISSED: "有新情况的另行提出 · raise another one if there is more to say",
    }

    trigger: Trigger
    source: Source
    description: str
    inspection: str = ""
    finding: int = 0
    session: str = ""
    institution: str = ""
    masked: str = ""
    raised_by: str
    decided_by: str = ""

    def start(self, by: Actor, at: datetime) -> None:
        """The first act on a new one, by a person or by what found it."""
        self.move("raise", RAISED, by, at)

    def must_be_raised_by_hand(self, by: Actor) -> None:
        """Raises NotAllowed, Invalid."""
        by.must_be(*RAISERS)
        if by.path == self.path:
            problem = Problem("/body", "本机构 · your own")
            raise Invalid("不能对本机构提出 · nobody raises a violation against their own body", [problem])

    def confirm(self, by: Actor, at: datetime, reason: str) -> None:
        """属实."""
        self._decide("confirm", CONFIRMED, by, at, reason)

    def dismiss(self, by: Actor, at: datetime, reason: str) -> None:
        """不属实或不予追究."""
        self._decide("dismiss", DISMISSED, by, at, reason)

    def counted(self) -> Dated | None:
        """In the bulletin: confirmed ones only, for the bulletin is public and an open accusation is nobody's record; by the
        day of the confirmation in China, for one that is confirmed after the bulletin of the quarter in which it was
        raised would stand in none."""
        confirmed = next((entry.at for entry in self.history if entry.verb == "confirm"), None)
        if self.state != CONFIRMED or confirmed is None:
            return None
        return Dated(local_day(confirmed), Figures(violations={self.trigger.value: 1}))

    def _decide(self, verb: str, to: str, by: Actor, at: datetime, reason: str) -> None:
        self.only_when(verb, RAISED)
        by.must_be(Role.CENTRE_APPROVER)
        by.must_not_be((self.raised_by,), "提出违规的人不得认定 · who raised a violation may not decide on it")
        if not reason.strip():
            raise Invalid("须说明理由 · a decision needs a reason")
        self.decided_by, self.disclosed = by.id, to == CONFIRMED
        self.move(verb, to, by, at, reason.strip())
        if self.disclosed:
            branch = BodyPath.read(self.path).branch
            fact = ViolationConfirmed(
                violation=self.id, body=self.body, path=self.path, branch=branch, trigger=self.trigger.value
            )
            self.note(fact, at)
