"""What is shown of violations, and of a number check."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from services.supervision.violations.violation import Source, Trigger, Violation
from shared.contracts.certificate import NumberState
from shared.errors import Problem
from shared.keeping.answers import Answer, DocumentAnswer


class ViolationAnswer(DocumentAnswer):
    body: str = Field(description="被指机构编码 · institution code of the body it is held against")
    path: str = Field(description="被指机构及其上级，中心在前 · that body and everything above it, Centre first")
    told: bool = Field(description="被指机构是否已获知 · whether the body knows of it")
    trigger: Trigger = Field(description="违规情形 · what it is said to have done")
    source: Source = Field(description="来源 · how it came up")
    description: str = Field(description="情况说明 · what happened")
    inspection: str = Field(
        description="所据检查的编号，无则为空 · id of the inspection that found it; empty if none did"
    )
    finding: int = Field(description="检查发现的序号，无则为 0 · number of its finding; 0 if there is none")
    session: str = Field(description="所涉批次的编号，无则为空 · id of the session concerned; empty if none is")
    institution: str = Field(
        description="编号中的机构编码，非编号违规为空 · institution in the foreign certificate number"
    )
    masked: str = Field(description="隐去部分的证书编号，非编号违规为空 · the foreign certificate number, masked")
    raised_by: str = Field(description="提出人账号 · account of who raised it")
    decided_by: str = Field(description="认定人账号，未认定为空 · account of who decided; empty before")


class NumberProblem(Answer):
    """One thing that is wrong with a number."""

    where: str = Field(description="位置 · where in the number")
    what: str = Field(description="问题 · what is wrong")
    fix: str = Field(description="改正办法，无则为空 · how to mend it; empty if there is nothing to say")


class NumberCheckAnswer(Answer):
    number: str = Field(description="所核对的编号 · the number, as it was read")
    fits: bool = Field(
        description="是否为本行业编号，且登记的证书有效 · whether it is a number of this industry, of a certificate that is "
        "registered and valid"
    )
    problems: list[NumberProblem] = Field(
        description="逐项列出的问题，无误为空 · what is wrong, digit by digit and with its entry; empty if nothing"
    )
    entry: Literal["", NumberState] = Field(
        "",
        description="登记情况：没有登记、制作中、有效、已作废；非本行业编号为空 · its entry in the register; empty for a "
        "number that is none of this industry",
    )
    violation: str = Field(
        "", description="由此提出的违规的编号，无则为空 · id of the violation that it raised; empty if none"
    )


_ENTRIES: dict[NumberState, Problem] = {
    "absent": Problem(
        "登记 · register",
        "本系统没有此编号的登记 · this number is not in the register of this system",
        "系统启用前核发的证书不在登记内，请查原发证档案；不因此提出违规 · certificates from before this system are not in it: "
        "look into the files of that time; no violation is raised for this",
    ),
    "being_made": Problem(
        "登记 · register",
        "该证书尚在制作，还没有印出 · the certificate is still being made, and was not printed yet",
    ),
    "void": Problem("登记 · register", "该证书已作废 · the certificate is void"),
}


def found_in_register(number: str, state: NumberState) -> NumberCheckAnswer:
    """A number of this industry, and what became of it."""
    wrong = _ENTRIES.get(state)
    problems = [NumberProblem.of(wrong)] if wrong else []
    return NumberCheckAnswer(number=number, fits=not problems, problems=problems, entry=state)


def shown(violation: Violation) -> ViolationAnswer:
    return ViolationAnswer.of(violation, told=violation.disclosed)
