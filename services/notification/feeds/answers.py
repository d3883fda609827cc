"""What a feed answers: CloudEvents, each a copy of an event under the feed's own number."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from shared.keeping.answers import Answer

Content = Annotated[
    dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": True, "x-typed-in": "docs/asyncapi.json"})
]
"""Its fields are those of the contract that the entry's type names: one document of them is enough."""


class EntryAnswer(Answer):
    """For the documentation: the bytes of an entry are made once, and every reader gets these."""

    specversion: str = Field(description="CloudEvents 的版本，为 `1.0` · version of CloudEvents: `1.0`")
    id: str = Field(description="条目编号：机构编码与序号 · `<institution code>/<number>`", examples=["49050001/17"])
    feednumber: int = Field(ge=1, description="序号，自 1 起，不间断 · number of the entry, from 1, without a gap")
    factid: str = Field(description="所依据事件的编号：各机构的事件流中相同 · id of the event, the same in every feed")
    type: str = Field(
        description="事件种类，各种见约定 · type of the event", examples=["cn.jianding.roster.approved.v1"]
    )
    source: str = Field(description="发布的服务 · service that wrote it", examples=["/reporting"])
    subject: str = Field(description="所述文档的编号 · id of the document it is about")
    time: datetime = Field(description="发生时间 · when it happened")
    sequence: str = Field(
        description="该文档的事实序号，大者为新 · number of the fact among those of its document: the greater is the later one"
    )
    correlationid: str = Field(description="起因 · the request it all began with")
    causationid: str = Field(description="引起它的事件 · the event that led here")
    datacontenttype: str = Field("", description="`application/json`，没有内容时不出现 · absent where there is no data")
    data: Content | None = Field(
        None,
        description="内容，按事件种类约定；超过保留期的不再有 · what the contract of the type says; absent after "
        "its retention",
    )


class ListAnswer(Answer):
    """A list that shows what happened before a newcomer's first entry."""

    address: str = Field(
        description="列表地址，用自己的令牌逐页读取 · the list: read with one's own token, page after page",
        examples=["/reporting/rosters"],
    )
    factid: str = Field(
        description="其中文档的 `factid` 的开头，其后为文档编号与 `#` · how the `factid` of entries about its documents begins: "
        "the document's id and `#` follow",
        examples=["/reporting/roster/"],
    )


class PositionAnswer(Answer):
    """Where a feed stands. Lists that are read after it show the effect of every entry up to this one."""

    id: str = Field(
        description="目前最后一条的 `id`，作为 `lastEventId` 从其后读起 · `id` of the newest entry: go on with it as "
        "`lastEventId`",
        examples=["49050001/17"],
    )
    feednumber: int = Field(ge=0, description="其序号，尚无条目为 0 · its number; 0 where there is none yet")
    lists: list[ListAnswer] = Field(
        description="此前的情况见这些列表 · lists that show what is there already: read them after this answer, then the feed"
    )
