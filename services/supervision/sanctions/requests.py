"""What may be asked about sanctions over HTTP. A reason alone is asked for as it is for violations."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.supervision import MEASURE_NAMES, MEASURES, Measure
from shared.contracts.windup import CHOICE_NAMES, KIND_NAMES, SERVICE_NAMES, Choice, WindUpKind, WindUpService
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.words import choices

_CHOICE = choices("善后方式", "what shall become of it", CHOICE_NAMES)
_TARGET = "接收机构编码，仅用于移交 · institution code of the body that takes it over, for a move only"


class ChosenForItem(BaseModel):
    """What shall become of one item of the preview."""

    model_config = ConfigDict(extra="forbid")
    service: WindUpService = Field(description=choices("所属服务", "the service that holds the item", SERVICE_NAMES))
    kind: WindUpKind = Field(description=choices("事项类别", "kind of the item", KIND_NAMES))
    id: OneLine = Field(min_length=1, max_length=100, description="事项编号 · id of the item")
    choice: Choice = Field(description=_CHOICE)
    target: InstitutionCode | None = Field(None, description=_TARGET)


class ChosenForKind(BaseModel):
    """What shall become of all items of a kind that are not named one by one."""

    model_config = ConfigDict(extra="forbid")
    kind: WindUpKind = Field(description=choices("事项类别", "kind of the items", KIND_NAMES))
    choice: Choice = Field(description=_CHOICE)
    target: InstitutionCode | None = Field(None, description=_TARGET)


class NewSanction(BaseModel):
    """A step of the ladder."""

    model_config = ConfigDict(extra="forbid")
    body: InstitutionCode = Field(description="被处理机构编码 · institution code of the body concerned")
    measure: Measure = Field(
        description=choices("处理措施", "measure", {one: (MEASURE_NAMES[one], one) for one in MEASURES})
    )
    reason: OneLine = Field(min_length=2, max_length=1000, description="理由 · why")
    violations: list[OneLine] = Field([], max_length=100, description="已确认违规的编号 · ids of confirmed violations")
    inspections: list[OneLine] = Field(
        [], max_length=100, description="已进行检查的编号 · ids of performed inspections"
    )
    until: date | None = Field(None, description="期限，用于整改或暂停 · last day of a rectification or suspension")
    skips_because: OneLine = Field("", max_length=1000, description="越级理由 · why a step of the ladder is skipped")
    wind_up: list[ChosenForItem] = Field(
        [], max_length=2000, description="逐项善后，用于取消资质 · for a revocation: what becomes of each item"
    )
    wind_up_kinds: list[ChosenForKind] = Field(
        [], max_length=10, description="按类善后，用于取消资质 · for a revocation: what becomes of the others, by kind"
    )
