"""What rosters show. The page and the sealed list are read by the certificate service too: their JSON is, field by field
and in this order, that of their contracts (shared.contracts.reporting), and its seals are computed over what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from services.reporting.rosters.roster import Roster
from services.reporting.rosters.workbook.findings import Correction
from shared.contracts.reporting import Grade
from shared.keeping.answers import Answer
from shared.procedure.answers import FormAnswer, NeededAnswer
from shared.procedure.planned_items import PlannedItemAnswer


class AttendanceAnswer(Answer):
    """Heads of the session as the appraisal report (form 4) gives them."""

    applied: int = Field(description="报名人数 · heads that applied")
    accepted: int = Field(description="资格审查通过人数 · heads that were accepted")
    examined: int = Field(description="实考人数 · heads that sat the exam")


class RosterAnswer(FormAnswer):
    """One roster, without its lines."""

    session: str = Field(description="鉴定批次号 · id of the session")
    held_on: date = Field(description="鉴定日期 · day of the exam")
    items: list[PlannedItemAnswer] = Field(
        description="批准的鉴定内容 · occupations and levels of the approved session plan"
    )
    producer: str = Field(
        description="制证单位编码，批准前为空 · institution code of the body that makes the certificates; empty before the "
        "approval"
    )
    attendance: AttendanceAnswer = Field(description="考试人数 · heads of the session")
    imported_by: str = Field(description="导入人账号，未导入为空 · account of who imported the lines; empty before")
    pages: int = Field(description="页数，每页至多 200 行 · number of pages, each of at most 200 lines")
    approved_on: date | None = Field(description="批准日期，未批准为空 · day of the approval in China; null before")
    seal: str = Field(description="封存摘要，未批准为空 · hash over the seals of the pages; empty before the approval")
    lines: dict[int, int] = Field(description="各等级合格人数 · passed candidates by level")
    passed: int = Field(description="合格人数 · passed candidates, all levels")
    needs: list[NeededAnswer] = Field(
        description="须经中心特批的事项，批准时逐项写明理由 · what the Centre can let through only with a reason, as far as it "
        "is known before the approval"
    )

    @classmethod
    def of(cls, document: Roster, **more: Any) -> Self:
        """Pages are shown by their number: each of them is asked for by itself."""
        return super().of(document, pages=len(document.pages), **more)


class CorrectionAnswer(Answer):
    """A spelling that was put right while the workbook was read."""

    where: str = Field(description="工作表和单元格 · sheet and cell")
    what: str = Field(description="更正内容 · what was put right")
    was: str = Field(description="原填内容，至多六十字 · what was typed, its first sixty characters")
    read_as: str = Field(description="读作什么 · how it was read")
    fix: str = Field(description="读作什么，作为一句话 · how it was read, as a sentence")
    weight: Literal["confirm", "spelling"] = Field(
        description="分量：confirm 须确认（日期、姓名或号码有变），spelling 只是写法 · `confirm`: a date, a name or a number "
        "became another, which has to be confirmed; `spelling`: only the way of writing it"
    )


class WarningAnswer(Answer):
    """Something to look at before the roster goes on; nothing was refused because of it."""

    n: int = Field(description="名册序号，0 指整个名册 · running number in the roster; 0: the whole of it")
    name: str = Field(description="姓名 · name of the candidate")
    rule: str = Field(
        description="批准时中心特批须用的键，空为无须特批 · the key of the exception that the Centre has to make; empty: none"
    )
    what: str = Field(description="须核对之处 · what it is")


class ImportAnswer(RosterAnswer):
    """The roster with the lines of the workbook."""

    corrections: list[CorrectionAnswer] = Field(
        description="统一的写法，如全角数字和日期 · spellings that were normalised: full-width digits, dates …"
    )

    warnings: list[WarningAnswer] = Field(
        description="须核对的人员：已取得同一职业、等级证书的，以及本名册中同一职业两个等级的，至多 1000 项 · candidates to look "
        "at: certified in this occupation and level already, or here at two levels of one occupation; at most 1000"
    )

    @classmethod
    def after(cls, roster: Roster, corrections: tuple[Correction, ...], warnings: Sequence[object]) -> Self:
        """warnings: with the fields of WarningAnswer."""
        return cls.of(roster, corrections=corrections, warnings=warnings)


class PassedAnswer(Answer):
    """Candidates of one occupation at one level."""

    occupation: str = Field(description="职业编码 · code of the occupation")
    level: int = Field(description="等级：5 初级工至 1 高级技师 · level: 5 junior to 1 senior technician")
    lines: int = Field(description="人数 · how many")


class CheckAnswer(Answer):
    """What importing this workbook would do. Nothing was changed."""

    roster: str = Field(description="名册编号 · id of the roster")
    passed: list[PassedAnswer] = Field(description="将导入的人数，按职业和等级 · candidates it would take over")
    corrections: list[CorrectionAnswer] = Field(description="读取时的更正 · what was put right while it was read")
    warnings: list[WarningAnswer] = Field(description="须核对的人员，同导入 · candidates to look at, as in the import")
    confirm: str = Field(
        description="确认更正时须填的摘要，导入时作为 confirmed；空为无须确认 · what `confirmed` of the import has to be; empty: "
        "nothing has to be confirmed"
    )


class RosterLineAnswer(Answer):
    """One passed candidate: everything a certificate prints."""

    model_config = ConfigDict(hide_input_in_errors=True)

    n: int = Field(description="名册序号，各表连续 · running number in the roster, over all sheets")
    ticket: str = Field(description="准考证号 · ticket of admission")
    name: str = Field(description="姓名 · name")
    sex: Literal["男", "女"] = Field(description="性别 · sex: `男` male, `女` female")
    birth: date = Field(description="出生日期 · day of birth")
    id_type: str = Field(description="证件类型 · kind of identity document")
    id_number: str = Field(description="证件号码 · number of the identity document")
    education: str = Field(description="文化程度 · education")
    employer: str = Field(description="工作单位 · employer")
    occupation: str = Field(description="职业编码 · code of the occupation")
    occupation_zh: str = Field(description="职业名称 · its Chinese name")
    occupation_en: str = Field(description="职业英文名称 · its English name")
    level: int = Field(ge=1, le=5, description="等级：5 最低，1 最高 · skill level: 5 is the lowest, 1 the highest")
    theory: float = Field(description="理论成绩 · score of the theory exam")
    practical: float = Field(description="技能成绩 · score of the practical exam")
    review: float | None = Field(
        description="综合评审成绩，仅技师和高级技师 · score of the comprehensive review; levels 2 and 1 only, null below"
    )
    grade: Grade = Field(description="评定成绩：合格、良好或优秀 · grade: `pass`, `good`, `excellent`")
    remark: str = Field(description="备注 · remark")
    email: str = Field(description="电子邮箱，可为空 · email; may be empty")


class RosterPageAnswer(Answer):
    """One page of at most 200 lines."""

    roster: str = Field(description="名册编号 · id of the roster")
    page: int = Field(description="页号，与所求一致 · number of the page, as it was asked for")
    lines: list[RosterLineAnswer] = Field(description="本页各行 · the lines of this page")


class PageSealAnswer(Answer):
    """One page, sealed by itself."""

    seal: str = Field(description="本页的封存摘要 · hash over the lines of the page")
    lines: dict[int, int] = Field(description="本页各等级人数 · lines of the page by level")


class SealedRosterAnswer(Answer):
    """What the pages add up to."""

    roster: str = Field(description="名册编号 · id of the roster")
    session: str = Field(description="鉴定批次号 · id of the session")
    body: str = Field(description="机构编码 · institution code of the body")
    held_on: date = Field(description="鉴定日期 · day of the exam")
    approved_on: date = Field(description="批准日期 · day of the approval in China")
    pages: list[PageSealAnswer] = Field(description="各页的封存摘要和人数 · seal and counts of each page")
    path: str = Field(description="机构路径 · the body and everything above it")
    producer: str = Field(description="制证机构编码 · institution code of who makes the certificates")
