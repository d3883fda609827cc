"""HTTP of feeds, as the HTTP Feeds convention has it: whoever asks for what follows the last entry it has, misses nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from services.notification.feeds.answers import EntryAnswer, ListAnswer, PositionAnswer
from services.notification.feeds.entry import entry_id
from services.notification.feeds.usecases import reading
from shared.memory.places import Places
from shared.outside import Ports
from shared.web.access import By
from shared.web.leaving import while_connected

LONGEST_WAIT = 25_000  # milliseconds
PAGE = 1000
READERS = 10
"""Of one account at the same time. A reader needs one, and each that waits has a connection, of which there are few."""
TOO_MANY = "同时读取事件流的请求过多，请等已有的请求结束 · too many requests read the feed at the same time: let those end first"

LastEventId = Annotated[
    str,
    Query(
        alias="lastEventId",
        max_length=100,
        description="已读到的最后一条的 `id`，从其后读起；空为从头读起 · `id` of the last entry one has: what follows is "
        "answered; empty: from the beginning",
    ),
]
Timeout = Annotated[
    int,
    Query(
        alias="timeout",
        ge=0,
        le=LONGEST_WAIT,
        description="没有新条目时最多等候的毫秒数 · milliseconds to wait where there is nothing new yet",
    ),
]
Limit = Annotated[int, Query(ge=1, le=PAGE, description="最多几条 · how many entries at most")]


SNAPSHOT = {
    "/directory/bodies": "/directory/body/",
    "/plan/annual-plans": "/plan/annual_plan/",
    "/plan/session-plans": "/plan/session_plan/",
    "/reporting/rosters": "/reporting/roster/",
    "/certificate/productions": "/certificate/production/",
    "/supervision/work-reports": "/supervision/work_report/",
    "/supervision/bulletins": "/supervision/bulletin/",
}
"""List → how the ids of facts about its documents begin. Whoever reads a feed may read these."""


class Batch(JSONResponse):
    """Of entries, as their bytes are; it is JSON, so that the OpenAPI document tells its schema."""

    media_type = "application/cloudevents-batch+json"

    def render(self, content: str) -> bytes:
        return content.encode()


def router(ports: Ports) -> APIRouter:
    store, clock = ports.store, ports.clock
    places = ports.memory.keep(Places(READERS, TOO_MANY, wait=5))
    routes = APIRouter(prefix="/feed", tags=["事件流 · feeds"])

    @routes.get("", summary="本机构的事件流 · what happened, for one's own body", response_class=Batch)
    async def read_feed(
        request: Request, by: By, last_event_id: LastEventId = "", milliseconds: Timeout = 0, limit: Limit = PAGE
    ) -> list[EntryAnswer]:
        """条目按序排列，没有新条目时为空数组；响应头 `feedlast` 为最后一条的序号。 · Entries in order, an empty array at the
        end; the header `feedlast` has the number of the newest one."""
        await reading.must_have_a_feed(store, by.body)
        here = await reading.read(store, by.body, 0, 0)
        after = reading.number_of(last_event_id, by.body, here.last)
        with places.one(by.id):
            waiting = reading.wait(store, clock, by.body, after, limit, milliseconds / 1000)
            part = await while_connected(request, waiting)
        content = "[" + ",".join(entry.wire for entry in part.entries) + "]"
        return Batch(content, headers={"feedlast": str(part.last)})  # type: ignore[return-value]

    @routes.get("/position", summary="事件流的当前位置 · where the feed stands: for whoever begins to read it")
    async def position(by: By) -> PositionAnswer:
        """先取位置，再读各列表，然后从该位置读事件流：位置以前的条目，其结果已在列表中；其后的条目可能重复列表已有的内容。 ·
        First this, then the lists, then the feed from here: the lists show what every entry up to here did, and entries behind
        it may repeat what the lists showed already."""
        await reading.must_have_a_feed(store, by.body)
        last = (await reading.read(store, by.body, 0, 0)).last
        lists = [ListAnswer(address=address, factid=factid) for address, factid in SNAPSHOT.items()]
        return PositionAnswer(id=entry_id(by.body, last), feednumber=last, lists=lists)

    return routes
