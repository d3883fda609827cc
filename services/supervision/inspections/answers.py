"""What is shown of inspections."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from services.supervision.inspections.inspection import Category, Ending, Inspection, Severity
from shared.keeping.answers import Answer, DocumentAnswer


class EvidenceAnswer(Answer):
    """One file."""

    seal: str = Field(description="文件摘要，按此下载 · hash of its content, by which it is fetched")
    title: str = Field(description="说明 · what it shows")
    size: int = Field(description="字节数 · bytes")
    at: datetime = Field(description="上传时间 · when it was added")
    by: str = Field(description="上传人账号 · account of who added it")


class FindingAnswer(Answer):
    """One thing that was found."""

    n: int = Field(description="序号 · its number")
    category: Category = Field(description="类别 · what it is about")
    severity: Severity = Field(description="严重程度 · how grave it is")
    description: str = Field(description="情况说明 · what was found")
    evidence: list[EvidenceAnswer] = Field(description="证据文件 · files")


class InspectionAnswer(DocumentAnswer):
    body: str = Field(description="被检查机构编码 · institution code of the body inspected")
    path: str = Field(description="被检查机构及其上级，中心在前 · that body and everything above it, Centre first")
    told: bool = Field(description="被检查机构是否已获知 · whether the body knows of it")
    planned_on: date = Field(description="计划检查日期 · day for which it was planned")
    inspectors: str = Field(description="检查人员 · who inspects")
    purpose: str = Field(description="检查事由 · purpose")
    planned_by: str = Field(description="安排人账号 · account of who planned it")
    performed_on: date | None = Field(
        description="实际检查日期，未检查为空 · day on which it was performed; null before"
    )
    summary: str = Field(description="检查综述 · summary")
    findings: list[FindingAnswer] = Field(description="检查发现 · what was found")
    rectify_by: date | None = Field(description="整改期限，无须整改为空 · last day to rectify; null where nothing is")
    measures: str = Field(description="整改措施，未回复为空 · what the body did; empty before it answered")
    rechecks: int = Field(description="复查次数 · how often it was re-checked")
    outcome: Ending | None = Field(
        description="结论：无问题、已整改、转为处理，未办结为空 · clean, rectified or escalated; null while it is open"
    )


def shown(inspection: Inspection) -> InspectionAnswer:
    return InspectionAnswer.of(inspection, told=inspection.disclosed)
