"""What is shown of sanctions: with what they will do, and what they did."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from services.supervision.sanctions.sanction import Sanction
from shared.contracts.supervision import Measure
from shared.contracts.windup import Effect
from shared.keeping.answers import Answer, DocumentAnswer


class StepAnswer(Answer):
    """What became of the standing of the body."""

    from_state: str = Field(description="此前状态 · state before")
    to_state: str = Field(description="此后状态 · state after")


class SanctionAnswer(DocumentAnswer):
    body: str = Field(description="被处理机构编码 · institution code of the body concerned")
    path: str = Field(description="被处理机构及其上级，中心在前 · that body and everything above it, Centre first")
    told: bool = Field(description="被处理机构是否已获知 · whether the body knows of it")
    measure: Measure = Field(description="处理措施 · measure")
    reason: str = Field(description="理由 · why")
    skips_because: str = Field(
        description="越级理由，未越级为空 · why a step of the ladder is skipped; empty if none is"
    )
    violations: list[str] = Field(description="所据违规的编号 · ids of the violations it refers to")
    inspections: list[str] = Field(description="所据检查的编号 · ids of the inspections it refers to")
    until: date | None = Field(description="期限，无期限为空 · last day; null where it has no term")
    proposed_by: str = Field(description="提出人账号 · account of who proposed it")
    confirmed_by: list[str] = Field(description="确认人账号 · accounts of who confirmed it")
    confirmed_at: datetime | None = Field(description="生效时间，未生效为空 · when it came into force; null before")
    effects: list[Effect] = Field(description="善后预览，取消资质时 · what a revocation was shown to do, item by item")
    results: dict[str, list[Effect]] = Field(description="善后结果，按服务 · what it did, by service")
    differs_in: list[str] = Field(description="结果与预览不符之处 · where what it did differs from what was shown")
    put: StepAnswer | None = Field(
        description="对机构状态的影响，尚无为空 · what it did to the body's state; null before"
    )
    ended: StepAnswer | None = Field(description="解除后的机构状态变化，尚无为空 · what its lifting did; null before")


def shown(sanction: Sanction) -> SanctionAnswer:
    return SanctionAnswer.of(sanction, told=sanction.disclosed)
