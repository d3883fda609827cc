"""What may be asked about queues of bodies over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.text import OneLine


class NewQueue(BaseModel):
    """The queue of one's own body."""

    model_config = ConfigDict(extra="forbid")
    after: int | None = Field(
        None,
        ge=0,
        lt=10**15,
        description="从第几条之后开始，0 为从头；为空则只投递此后的条目 · number of the entry behind which it begins, 0: from "
        "the beginning; null: only what comes from now on",
    )


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field("", max_length=200, description="理由，可以为空 · why; may be empty")
