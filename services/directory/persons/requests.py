"""What may be asked about registered persons over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.directory.bodies.requests import Day, ScopeEntry
from services.directory.persons.person import OFFICES, Office
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.words import choices

_LAST_DAY = "聘期末日，不填为三年 · last day; three years when nothing is said"


class NewPerson(BaseModel):
    """No identity number: it is not collected."""

    model_config = ConfigDict(extra="forbid")
    office: Office = Field(description=choices("类别", "office", OFFICES))
    name: OneLine = Field(min_length=1, max_length=60, description="姓名 · name", examples=["张伟"])
    card_no: OneLine = Field(
        min_length=3, max_length=40, description="卡号 · number of the card", examples=["R49260001"]
    )
    body: InstitutionCode = Field(description="所在机构编码 · institution code of the body")
    scope: list[ScopeEntry] = Field(
        default_factory=list,
        max_length=200,
        description="可考评的职业和等级，质量督导员可不填 · "
        "occupations and levels that they may assess; not needed for a quality supervisor",
    )
    appointed_from: Day = Field(description="聘期首日 · first day of the appointment")
    valid_until: Day | None = Field(None, description=_LAST_DAY)


class Renewal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    appointed_from: Day = Field(description="聘期首日 · first day of the new appointment")
    valid_until: Day | None = Field(None, description=_LAST_DAY)
    scope: list[ScopeEntry] | None = Field(
        None,
        max_length=200,
        description="可考评的职业和等级，不填为不变 · occupations and levels; left as they are when nothing is said",
    )


class PersonWithdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500, description="注销理由 · why")
