"""What every form shows on its way up."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.keeping.answers import Answer, DocumentAnswer


class ExceptionAnswer(Answer):
    """特批 · something that the Centre let through."""

    rule: str = Field(
        description="所涉规定，逐行特批的后附行号 · which rule; where each line has its own, with its number"
    )
    what: str = Field(description="与规定不符之处 · in what it departs from the rule")
    reason: str = Field(description="特批理由 · why it was let through")
    by: str = Field(description="特批人账号 · account of who let it through")
    name: str = Field(description="特批人 · who let it through")
    at: datetime = Field(description="特批时间 · when")


class NeededAnswer(Answer):
    """须特批事项 · something that the Centre can let through only with a reason."""

    rule: str = Field(
        description="所涉规定，批准时在 exceptions 中以此为键 · which rule; the key of the reason at the approval"
    )
    what: str = Field(description="与规定不符之处 · in what it departs from the rule")


class FormAnswer(DocumentAnswer):
    body: str = Field(description="编制机构编码 · institution code of the body that made it")
    path: str = Field(description="编制机构及其上级，中心在前 · that body and everything above it, Centre first")
    prepared_by: str = Field(description="编制人账号 · account of who prepared it")
    submitted_by: str = Field(description="呈报人账号，未呈报为空 · account of who submitted it; empty before")
    endorsed_by: str = Field(description="分中心审核人账号，未审核为空 · account of who endorsed it; empty before")
    returned_because: str = Field(description="退回理由，未退回为空 · why it was returned; empty if it was not")
    at_desk: str = Field(description="轮到办理的机构编码 · institution code of the body whose turn it is")
    exceptions: list[ExceptionAnswer] = Field(
        description="中心特批事项及理由 · what the Centre let through when it approved, and why"
    )
