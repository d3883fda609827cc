"""What services tell each other when a body is wound up after its revocation: read over HTTP, never sent on the bus.

A service previews what is open at the body and what may become of it; somebody at the Centre chooses; the sanction
freezes the choices as effects; each service carries out its own and answers with what really happened. An effect may
name an account, so none of this travels in an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import InstitutionCode

WindUpService = Literal["directory", "plan", "reporting", "certificate"]
WindUpKind = Literal["session", "reminder", "roster", "production", "account"]
Choice = Literal["finish", "move", "void"]

SERVICES: tuple[WindUpService, ...] = ("directory", "plan", "reporting", "certificate")
"""Who holds something of a body that must be finished, moved or voided."""


class WindUpItem(BaseModel):
    """One open thing at the body, with the state it would end in for each choice there is."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    service: WindUpService
    kind: WindUpKind
    id: str
    title: str
    state: str
    count: int = Field(ge=0, description="planned heads, passed lines or certificates; 1 of anything else")
    choices: dict[Choice, str] = Field(description="choice → the state it leads to")
    needs: list[str] = Field(default=[], description="occupation/level a body must be licensed for to take it over")


class WindUpPreview(BaseModel):
    """Answer of `GET /<service>/windups/preview?body=…`."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    items: list[WindUpItem]


class Effect(BaseModel):
    """What becomes of one item: as it is foreseen in a sanction, or as it happened in a service."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    service: WindUpService
    kind: WindUpKind
    id: str
    choice: Choice
    target: str = Field(default="", description="institution code of the body that takes it over")
    from_state: str
    to_state: str
    count: int

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.service, self.kind, self.id)


class WindUpOrders(BaseModel):
    """Answer of `GET /supervision/sanctions/{id}/orders/{service}`: one service's part of what was confirmed."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sanction: str
    body: InstitutionCode
    reason: str
    effects: list[Effect]


class WindUpResult(BaseModel):
    """Answer of `GET /<service>/windups/{sanction}`."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sanction: str
    effects: list[Effect]


def in_order(effects: Iterable[Effect]) -> list[Effect]:
    """The one order in which lists of effects are kept and compared."""
    return sorted(effects, key=lambda effect: effect.key)
