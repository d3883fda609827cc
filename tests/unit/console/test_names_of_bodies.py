"""Names of bodies: asked once for a while, and never a reason why a page does not open."""

from __future__ import annotations

from typing import Any

import pytest

from services.console.documents.names import FRESH, Names
from services.console.refusal import Refusal
from shared.errors import NotSignedIn, Unavailable
from tests.world.clock import HandClock


class Asking:
    """A visitor, as far as names need one."""

    def __init__(self) -> None:
        self.known = {"49000001": ("中心", "Centre"), "49053012": ("站", "Station")}
        self.asked: list[str] = []
        self.failure: Exception | None = None

    async def get(self, path: str, **query: object) -> Any:
        code = path.rpartition("/")[2]
        self.asked.append(code)
        if self.failure is not None:
            raise self.failure
        if code not in self.known:
            raise Refusal(404, "查无 · there is none")
        zh, en = self.known[code]
        return {"name_zh": zh, "name_en": en}


async def names(keeper: Names, visitor: Asking, *codes: str) -> dict[str, Any]:
    return await keeper.of(visitor, codes)  # type: ignore[arg-type]


async def test_a_name_is_asked_once_and_anew_after_a_while() -> None:
    clock, visitor = HandClock(), Asking()
    keeper = Names(clock)
    assert await names(keeper, visitor, "49053012", "49000001", "") == visitor.known
    assert await names(keeper, visitor, "49053012") == {"49053012": ("站", "Station")}
    assert visitor.asked == ["49000001", "49053012"]
    clock.advance(FRESH)
    visitor.known["49053012"] = ("新站", "New Station")
    assert (await names(keeper, visitor, "49053012"))["49053012"] == ("新站", "New Station")


async def test_what_somebody_may_not_see_is_missing_for_them_alone() -> None:
    keeper, stranger, centre = Names(HandClock()), Asking(), Asking()
    del stranger.known["49053012"]
    assert await names(keeper, stranger, "49053012") == {}
    assert await names(keeper, centre, "49053012") == {"49053012": ("站", "Station")}


async def test_without_the_directory_the_last_known_name_stands() -> None:
    clock, visitor = HandClock(), Asking()
    keeper = Names(clock)
    await names(keeper, visitor, "49053012")
    clock.advance(FRESH)
    visitor.failure = Unavailable("系统暂无应答 · directory does not answer")
    assert await names(keeper, visitor, "49053012", "49000001") == {"49053012": ("站", "Station")}


async def test_whoever_is_signed_out_meanwhile_is_told() -> None:
    visitor = Asking()
    visitor.failure = NotSignedIn("请重新登录 · sign in again")
    with pytest.raises(NotSignedIn):
        await names(Names(HandClock()), visitor, "49053012")
