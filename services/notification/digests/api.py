"""HTTP of digests: the office whose it is reads it here too."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path

from services.notification.digests.answers import DigestAnswer
from services.notification.digests.usecases import reading
from services.notification.letters.letter import LetterWriter
from shared.outside import Ports
from shared.web.access import By

Day = Annotated[date, Path(description="日期（北京时间） · day in China")]


def router(ports: Ports, writer: LetterWriter) -> APIRouter:
    routes = APIRouter(prefix="/digests", tags=["每日汇总 · digests of a day"])

    @routes.get("/{day}", summary="本机构某日的汇总 · the digest of a day, of one's own office")
    async def digest(day: Day, by: By) -> DigestAnswer:
        """As it was sent; where nothing was gathered on that day, what a digest would tell of it."""
        return await reading.read(ports, writer, by, day)

    return routes
