"""What is shown of sanctions: with what they will do, and what they did."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from services.supervision.sanctions.sanction import Sanction
from shared.contracts.supervision import Measure
from shared.contracts.windup import Choice, WindUpKind, WindUpService
from shared.keeping.answers import Answer, DocumentAnswer


class EffectAnswer(Answer):
    """What becomes of one item when a body is wound up. As `shared.contracts.windup.Effect`."""

    service: WindUpService = Field(description="所属服务 · the service that holds the item")
    kind: WindUpKind = Field(description="事项类别 · kind of the item")
    id: str = Field(description="事项编号 · id of the item")
    choice: Choice = Field(description="善后方式：办完、移交、作废 · what was chosen: finish, move, void")
    target: str = Field(
        description="接收机构编码，非移交为空 · institution code of who takes it over; empty if nobody does"
    )
    from_state: str = Field(description="此前状态 · state before")
    to_state: str = Field(description="此后状态 · state after")
    count: int = Field(description="人数或份数 · heads, lines or certificates; 1 of anything else")


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
    effects: list[EffectAnswer] = Field(
        description="善后预览，取消资质时 · what a revocation was shown to do, item by item"
    )
    results: dict[str, list[EffectAnswer]] = Field(description="善后结果，按服务 · what it did, by service")
    differs_in: list[str] = Field(description="结果与预览不符之处 · where what it did differs from what was shown")
    put: StepAnswer | None = Field(
        description="对机构状态的影响，尚无为空 · what it did to the body's state; null before"
    )
    ended: StepAnswer | None = Field(description="解除后的机构状态变化，尚无为空 · what its lifting did; null before")


class WindUpItemAnswer(Answer):
    """One open thing at a body. As `shared.contracts.windup.WindUpItem`."""

    service: WindUpService = Field(description="所属服务 · the service that holds the item")
    kind: WindUpKind = Field(description="事项类别 · kind of the item")
    id: str = Field(description="事项编号 · id of the item")
    title: str = Field(description="事项名称 · what it is")
    state: str = Field(description="状态 · state")
    count: int = Field(description="人数或份数 · planned heads, passed lines or certificates; 1 of anything else")
    choices: dict[Choice, str] = Field(description="可选的善后方式及此后状态 · choice → the state it leads to")
    needs: list[str] = Field(
        description="接收机构所需的许可：职业/等级 · occupation/level a body must be licensed for to take it over"
    )


class WindUpPreviewAnswer(Answer):
    items: list[WindUpItemAnswer] = Field(description="未了事项 · what is open at the body")


class WindUpOrdersAnswer(Answer):
    """One service's part of what was confirmed. As `shared.contracts.windup.WindUpOrders`."""

    sanction: str = Field(description="处理编号 · id of the sanction")
    body: str = Field(description="被处理机构编码 · institution code of the body concerned")
    reason: str = Field(description="理由 · why")
    effects: list[EffectAnswer] = Field(description="该服务的善后任务 · what this service is to do, item by item")


def shown(sanction: Sanction) -> SanctionAnswer:
    return SanctionAnswer.of(sanction, told=sanction.disclosed)
