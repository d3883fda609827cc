"""What services tell each other when a body is wound up after its revocation: read over HTTP, never sent on the bus.

A service previews what is open at the body and what may become of it; somebody at the Centre chooses; the sanction
freezes the choices as effects; each service carries out its own and answers with what really happened. An effect may
name an account, so none of this travels in an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import InstitutionCode

WindUpService = Literal["directory", "plan", "reporting", "certificate"]
WindUpKind = Literal["session", "reminder", "roster", "production", "account"]
Choice = Literal["finish", "move", "void"]

CHOICE_NAMES: Mapping[str, tuple[str, str]] = {
    "finish": ("继续办完", "finished"),
    "move": ("移交", "moved"),
    "void": ("作废", "made void"),
}
"""Chinese; in English what follows `cannot be`."""
KIND_NAMES: Mapping[str, tuple[str, str]] = {
    "session": ("鉴定批次", "session"),
    "reminder": ("年度计划提醒", "reminder of annual plan"),
    "roster": ("合格人员名册", "roster"),
    "production": ("证书制作", "production"),
    "account": ("账号", "account"),
}
SERVICES: tuple[WindUpService, ...] = ("directory", "plan", "reporting", "certificate")
"""Who holds something of a body that must be finished, moved or voided."""


class WindUpItem(BaseModel):
    """One open thing at the body, with the state it would end in for each choice there is."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    service: WindUpService = Field(description="所属服务 · the service that holds the item")
    kind: WindUpKind = Field(description="事项类别 · kind of the item")
    id: str = Field(description="事项编号 · id of the item")
    title: str = Field(description="事项名称 · what it is")
    state: str = Field(description="状态 · state")
    count: int = Field(ge=0, description="人数或份数 · planned heads, passed lines or certificates; 1 of anything else")
    choices: dict[Choice, str] = Field(description="可选的善后方式及此后状态 · choice → the state it leads to")
    needs: list[str] = Field(
        default=[],
        description="接收机构所需的许可：职业/等级 · occupation/level a body must be licensed for to take it over",
    )
    held_on: date | None = Field(
        default=None,
        description="鉴定日期，与此无关为空 · day of the exam, on which whoever takes it over must be licensed; null where "
        "there is none",
    )


class WindUpPreview(BaseModel):
    """Answer of `GET /<service>/windups/preview?body=…`."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    items: list[WindUpItem] = Field(description="未了事项 · what is open at the body")


class Effect(BaseModel):
    """What becomes of one item: as it is foreseen in a sanction, or as it happened in a service."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    service: WindUpService = Field(description="所属服务 · the service that holds the item")
    kind: WindUpKind = Field(description="事项类别 · kind of the item")
    id: str = Field(description="事项编号 · id of the item")
    choice: Choice = Field(description="善后方式：办完、移交、作废 · what was chosen: finish, move, void")
    target: str = Field(
        default="", description="接收机构编码，非移交为空 · institution code of who takes it over; empty if nobody does"
    )
    from_state: str = Field(description="此前状态 · state before")
    to_state: str = Field(description="此后状态 · state after")
    count: int = Field(description="人数或份数 · heads, lines or certificates; 1 of anything else")

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.service, self.kind, self.id)


class WindUpOrders(BaseModel):
    """Answer of `GET /supervision/sanctions/{id}/orders/{service}`: one service's part of what was confirmed."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sanction: str = Field(description="处理编号 · id of the sanction")
    body: InstitutionCode = Field(description="被处理机构编码 · institution code of the body concerned")
    reason: str = Field(description="理由 · why")
    effects: list[Effect] = Field(description="该服务的善后任务 · what this service is to do, item by item")
    measure: str = Field(default="", description="处理种类 · the measure; earlier releases leave it out")
    until: date | None = Field(default=None, description="整改截止日期 · last day of a rectification, if there is one")
    state: str = Field(default="", description="处理状态 · state of the sanction; earlier releases leave it out")


class WindUpResult(BaseModel):
    """Answer of `GET /<service>/windups/{sanction}`."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sanction: str = Field(description="处理编号 · id of the sanction")
    effects: list[Effect] = Field(description="善后结果 · what was done, item by item")


def in_order(effects: Iterable[Effect]) -> list[Effect]:
    """The one order in which lists of effects are kept and compared."""
    return sorted(effects, key=lambda effect: effect.key)
