"""Receivers of webhooks that tests write: what each call is answered, and what came."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shared.errors import Invalid, Problem
from shared.ports import Answered
from tests.world.published import must_be_published


@dataclass(frozen=True, slots=True)
class Call:
    url: str
    content: bytes
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found


class PaperReceivers:
    """inside: hosts that nobody calls. answer: may raise, as the port does."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.inside: set[str] = set()
        self.answer: Callable[[Call], Answered] = lambda call: Answered(204)

    @property
    def ids(self) -> list[str]:
        return [call.id for call in self.calls]

    async def must_be_allowed(self, url: str) -> None:
        if urlsplit(url).hostname in self.inside:
            raise Invalid("不能使用 · cannot be used", [Problem("/address", "指向内部网络 · leads inside")])

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answered:
        await self.must_be_allowed(url)
        must_be_published("webhook", content)
        self.calls.append(Call(url, content, dict(headers)))
        return self.answer(self.calls[-1])

    async def close(self) -> None: ...
