"""What is shown of a registered person."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from services.directory.bodies.answers import ScopeAnswer
from services.directory.persons.person import Office
from shared.keeping.answers import DocumentAnswer


class PersonAnswer(DocumentAnswer):
    office: Office = Field(
        description="类别：考评员、高级考评员或质量督导员 · examiner, senior examiner or quality supervisor"
    )
    name: str = Field(description="姓名 · name")
    card_no: str = Field(description="卡号 · number of the card")
    body: str = Field(description="所在机构编码 · institution code of the body")
    path: str = Field(description="所在机构及其上级，中心在前 · that body and everything above it, Centre first")
    scope: list[ScopeAnswer] = Field(description="可考评的职业和等级 · occupations and levels that they may assess")
    appointed_from: date = Field(description="聘期首日 · first day of the appointment")
    valid_until: date = Field(description="聘期末日 · last day of the appointment")
    withdrawn_because: str = Field(description="注销理由，未注销为空 · why it was withdrawn; empty if it was not")
