"""What every form shows on its way up."""

from __future__ import annotations

from pydantic import Field

from shared.keeping.answers import DocumentAnswer


class FormAnswer(DocumentAnswer):
    body: str = Field(description="编制机构编码 · institution code of the body that made it")
    path: str = Field(description="编制机构及其上级，中心在前 · that body and everything above it, Centre first")
    prepared_by: str = Field(description="编制人账号 · account of who prepared it")
    submitted_by: str = Field(description="呈报人账号，未呈报为空 · account of who submitted it; empty before")
    endorsed_by: str = Field(description="分中心审核人账号，未审核为空 · account of who endorsed it; empty before")
    returned_because: str = Field(description="退回理由，未退回为空 · why it was returned; empty if it was not")
