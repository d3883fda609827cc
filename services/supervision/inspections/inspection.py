"""An unscheduled inspection of a body (R2): planned in silence, performed with findings, followed until it is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.disclosure import DisclosedLater
from services.supervision.figures.figures import Dated, Figures
from shared.actor import Actor
from shared.contracts.supervision import InspectionClosed, InspectionPerformed
from shared.errors import Invalid, NotFound, Problem
from shared.trade.body_path import BodyPath
from shared.trade.body_words import BODY
from shared.trade.deadline import local_day, months_later
from shared.trade.roles import Role
from shared.words import Pair, Words

PLANNED, PERFORMED, RECTIFYING, CLOSED, WITHDRAWN = "planned", "performed", "rectifying", "closed", "withdrawn"
STATES = (PLANNED, PERFORMED, RECTIFYING, CLOSED, WITHDRAWN)
VERBS = ("perform", "withdraw", "close", "answer", "pass", "extend", "escalate", "evidence")

LONGEST_MONTHS = 3
"""A rectification takes three months at most, extensions included (rules §4.1, §4.9)."""

MOST_EVIDENCE = 50  # files of one finding

INSPECTORS = (Role.CENTRE_CLERK, Role.BRANCH_OFFICER)
_STATION = (Role.STATION_HEAD, Role.STATION_CLERK, Role.BRANCH_OFFICER)

_EMPTY = Problem(
    "/summary",
    "既无检查发现，也无检查综述 · neither findings nor a summary",
    "写明检查发现；未发现问题的，写明检查了什么 · name what was found; if nothing was, say what was looked at",
)

Ending = Literal["clean", "rectified", "escalated"]


class Category(StrEnum):
    """What a finding is about: the indicators of the quality bulletin (rules §4.6) and what §4.9 names besides."""

    STANDARDS = "standards"  # 国家职业标准
    QUESTION_BANK = "question_bank"  # 题库与试卷
    CONFIDENTIALITY = "confidentiality"  # 试卷保密
    FEES = "fees"  # 收费
    SCOPE = "scope"  # 鉴定范围
    QUALITY_SUPERVISION = "quality_supervision"  # 质量督导
    EXAMINERS = "examiners"  # 考评人员
    CONDITIONS = "conditions"  # 场地设备
    PROCEDURE = "procedure"  # 报名、审查、考务
    CERTIFICATES = "certificates"  # 证书核发与管理
    RECORDS = "records"  # 档案


class Severity(StrEnum):
    MINOR = "minor"
    SERIOUS = "serious"
    GRAVE = "grave"


CATEGORIES: Mapping[str, Pair] = {
    Category.STANDARDS: ("国家职业标准", "occupational standards"),
    Category.QUESTION_BANK: ("题库与试卷", "question bank and papers"),
    Category.CONFIDENTIALITY: ("试卷保密", "confidentiality of papers"),
    Category.FEES: ("收费", "fees"),
    Category.SCOPE: ("鉴定范围", "scope"),
    Category.QUALITY_SUPERVISION: ("质量督导", "quality supervision"),
    Category.EXAMINERS: ("考评人员", "examiners"),
    Category.CONDITIONS: ("场地设备", "premises and equipment"),
    Category.PROCEDURE: ("报名、审查、考务", "application, checks, exams"),
    Category.CERTIFICATES: ("证书核发与管理", "certificates"),
    Category.RECORDS: ("档案", "records"),
}
SEVERITIES: Mapping[str, Pair] = {
    Severity.MINOR: ("轻微", "minor"),
    Severity.SERIOUS: ("较重", "serious"),
    Severity.GRAVE: ("严重", "grave"),
}
OUTCOMES: Mapping[str, Pair] = {
    "pass": ("合格", "passed"),
    "extend": ("延期", "a longer term"),
    "escalate": ("移送处理", "a case for a sanction"),
}


class Evidence(BaseModel):
    """One file: kept by its content, so the same file twice is one."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    seal: str
    title: str
    size: int
    at: datetime
    by: str


class Finding(BaseModel):
    model_config = ConfigDict(extra="ignore")
    n: int
    category: Category
    severity: Severity
    description: str
    evidence: list[Evidence] = Field(default_factory=list)


class Inspection(DisclosedLater):
    """path, body: of the body inspected."""

    KIND: ClassVar[str] = "inspection"
    SOURCE: ClassVar[str] = "/supervision"
    WORDS: ClassVar[Words] = Words(
        "inspection",
        ("检查", "inspection"),
        states={
            PLANNED: ("已安排", "planned"),
            PERFORMED: ("已检查", "performed"),
            RECTIFYING: ("机构已回复，待复查", "answered and waits for its re-check"),
            CLOSED: ("已结案", "closed"),
            WITHDRAWN: ("已撤销", "withdrawn"),
        },
        verbs={
            "plan": ("安排", "planned"),
            "perform": ("记录检查结果", "recorded as performed"),
            "withdraw": ("撤销", "withdrawn"),
            "close": ("结案", "closed"),
            "answer": ("回复整改情况", "answered"),
            "extend": ("延长期限", "given a longer term"),
            "evidence": ("添加证据", "given evidence"),
            "recheck": ("复查", "re-checked"),
            "pass": ("验收", "closed as rectified"),
            "escalate": ("移送处理", "passed on for a sanction"),
        },
    )
    NEXT: ClassVar[Mapping[str, str]] = {
        PLANNED: "先记录检查结果，不检查的撤销 · record what was found, or withdraw it",
        PERFORMED: "无发现的结案，有发现的待机构回复后复查 · close it where nothing was found; "
        "else re-check once the body answered",
        RECTIFYING: "请复查 · a re-check is next",
        CLOSED: "再查须另行安排 · plan another one",
        WITHDRAWN: "再查须另行安排 · plan another one",
    }

    planned_on: date
    inspectors: str
    purpose: str = ""
    planned_by: str
    performed_on: date | None = None
    summary: str = ""
    findings: list[Finding] = Field(default_factory=list)
    rectify_by: date | None = None
    measures: str = ""
    rechecks: int = 0
    outcome: Ending | None = None

    @classmethod
    def plan(
        cls, by: Actor, at: datetime, *, id: str, body: str, path: str, on: date, inspectors: str, purpose: str
    ) -> Inspection:
        """Raises NotAllowed, Invalid."""
        _must_stand_above(by, path)
        if on < local_day(at):
            raise Invalid(
                "检查日期已过 · the day of the inspection is over", [Problem("/on", f"{on} 已过 · is in the past")]
            )
        planned = cls(
            id=id,
            state="",
            body=body,
            path=path,
            planned_on=on,
            inspectors=inspectors,
            purpose=purpose,
            planned_by=by.id,
        )
        planned.move("plan", PLANNED, by, at)
        return planned

    def perform(
        self,
        by: Actor,
        at: datetime,
        *,
        summary: str,
        findings: Sequence[tuple[Category, Severity, str]],
        rectify_by: date | None,
    ) -> None:
        """记录检查结果: the body learns of it now. Raises Invalid where nothing is told, and for a term that is over or beyond
        three months."""
        self.only_when("perform", PLANNED)
        _must_stand_above(by, self.path)
        if not findings and not summary.strip():
            raise Invalid("检查记录是空的 · the record of the inspection is empty", [_EMPTY])
        today = local_day(at)
        self.performed_on, self.summary = today, summary
        self.findings = [
            Finding(n=n, category=category, severity=severity, description=description)
            for n, (category, severity, description) in enumerate(findings, 1)
        ]
        self.rectify_by = self._term(rectify_by or self._last_day, today) if findings else None
        self.disclosed = True
        self.move("perform", PERFORMED, by, at)
        fact = InspectionPerformed(
            inspection=self.id,
            body=self.body,
            path=self.path,
            performed_on=today,
            findings=len(self.findings),
            rectify_by=self.rectify_by,
            inspected_by=by.body or None,
        )
        self.note(fact, at)

    def withdraw(self, by: Actor, at: datetime, reason: str) -> None:
        """撤销, for good, before it was performed; by the office that planned it. The body never hears of it. Raises
        WrongState, NotAllowed, Invalid."""
        self.only_when("withdraw", PLANNED)
        by.must_be(*INSPECTORS)
        by.must_sit_at(self.begun_at)
        if not reason.strip():
            raise Invalid("须说明理由 · this needs a reason", [Problem("/reason", "必填 · is needed")])
        self.move("withdraw", WITHDRAWN, by, at, reason.strip())

    @property
    def was_performed(self) -> bool:
        """Others may refer to it from then on."""
        return self.performed_on is not None

    def close(self, by: Actor, at: datetime) -> None:
        """Nothing was found."""
        self.only_when("close", PERFORMED)
        _must_stand_above(by, self.path)
        if self.findings:
            raise Invalid("有检查发现，须复查 · there are findings: a re-check closes this inspection")
        self._end("close", "clean", by, at)

    def answer(self, by: Actor, at: datetime, measures: str) -> None:
        """整改回复: the body says what it did."""
        self.only_when("answer", PERFORMED, RECTIFYING)
        by.must_be(*_STATION)
        by.must_sit_at(self.body)
        if not self.findings:
            raise Invalid("没有需要整改的发现 · nothing was found that had to be rectified")
        self.measures = measures
        self.move("answer", RECTIFYING, by, at)

    def pass_recheck(self, by: Actor, at: datetime, note: str) -> None:
        """复查合格."""
        self._rechecked("pass", by, at)
        self._end("pass", "rectified", by, at, note)

    def extend(self, by: Actor, at: datetime, until: date, note: str) -> None:
        """复查不合格, with a later term: never beyond three months from the inspection."""
        self._rechecked("extend", by, at)
        until = self._term(until, local_day(at))
        if self.rectify_by is not None and until <= self.rectify_by:
            raise Invalid(
                "延期须晚于原期限 · an extension ends later than the term before",
                [Problem("/rectify_by", f"原期限 {self.rectify_by} · the term is {self.rectify_by}")],
            )
        self.rectify_by = until
        self.move("extend", RECTIFYING, by, at, note)

    def escalate(self, by: Actor, at: datetime, note: str) -> None:
        """复查不合格: what follows is a sanction, which refers to this inspection."""
        self._rechecked("escalate", by, at)
        self._end("escalate", "escalated", by, at, note)

    def expect_evidence(self, by: Actor, n: int) -> None:
        """Before a file is taken in: whoever may add none, or names no finding, fills no disk. Raises NotFound, Invalid,
        NotAllowed."""
        _must_stand_above(by, self.path)
        self.finding(n)

    def add_evidence(self, by: Actor, at: datetime, n: int, *, seal: str, title: str, size: int) -> bool:
        """False: this finding has this very file already. Raises NotFound, Invalid, WrongState, NotAllowed."""
        self.only_when("evidence", PERFORMED, RECTIFYING)
        _must_stand_above(by, self.path)
        finding = self.finding(n)
        if any(evidence.seal == seal for evidence in finding.evidence):
            return False
        if len(finding.evidence) >= MOST_EVIDENCE:
            raise Invalid(f"每项发现至多 {MOST_EVIDENCE} 个文件 · a finding has {MOST_EVIDENCE} files at the most")
        finding.evidence.append(Evidence(seal=seal, title=title, size=size, at=at, by=by.id))
        self.move("evidence", self.state, by, at, seal)
        return True

    def finding(self, n: int) -> Finding:
        """Raises NotFound."""
        found = next((finding for finding in self.findings if finding.n == n), None)
        if found is None:
            raise NotFound(f"查无第 {n} 项发现 · inspection {self.id} has no finding {n}")
        return found

    def evidence(self, seal: str) -> Evidence:
        """Raises NotFound."""
        found = next((file for finding in self.findings for file in finding.evidence if file.seal == seal), None)
        if found is None:
            raise NotFound(f"查无此证据 · inspection {self.id} has no such evidence")
        return found

    def counted(self) -> Dated | None:
        """In the bulletin: once it was performed, by that day."""
        if self.performed_on is None:  # planned, or withdrawn
            return None
        findings = len(self.findings)
        rectified = findings if self.outcome == "rectified" else 0
        return Dated(self.performed_on, Figures(inspections=1, findings=findings, rectified=rectified))

    @property
    def _last_day(self) -> date:
        assert self.performed_on is not None
        return months_later(self.performed_on, LONGEST_MONTHS)

    def _term(self, until: date, today: date) -> date:
        if not today < until <= self._last_day:
            raise Invalid(
                "整改期限有误 · the term cannot be like this",
                [
                    Problem(
                        "/rectify_by", f"应在 {today} 之后、不晚于 {self._last_day} · after {today}, at the latest …"
                    )
                ],
            )
        return until

    def _rechecked(self, verb: str, by: Actor, at: datetime) -> None:
        """Once the body answered, or its term is over."""
        self.only_when(verb, PERFORMED, RECTIFYING)
        _must_stand_above(by, self.path)
        if not self.findings:
            raise Invalid("没有检查发现，直接办结即可 · nothing was found: close it")
        if self.state == PERFORMED and self.rectify_by is not None and local_day(at) <= self.rectify_by:
            raise Invalid(
                f"机构尚未回复，期限至 {self.rectify_by} · the body did not answer yet, and has until {self.rectify_by}"
            )
        self.rechecks += 1

    def _end(self, verb: str, outcome: Ending, by: Actor, at: datetime, why: str = "") -> None:
        self.outcome = outcome
        self.move(verb, CLOSED, by, at, why)
        self.note(InspectionClosed(inspection=self.id, body=self.body, path=self.path, outcome=outcome), at)


def _must_stand_above(by: Actor, path: str) -> None:
    by.must_be(*INSPECTORS)
    if by.path == path:
        raise Invalid("不能检查本机构 · nobody inspects their own body", [Problem("/body", "本机构 · your own")])
    by.must_reach(path, BODY, BodyPath.read(path).own)
