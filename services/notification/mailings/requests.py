"""What may be asked about letters over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.notification.mailings.mailing import GONE_WRONG, Mailing
from shared.words import choices

Failed = Literal["no_such_address", "not_accepting", "failed", "refused"]


class Resending(BaseModel):
    """Which letters are to go out anew: these, or all in a state."""

    model_config = ConfigDict(extra="forbid")
    ids: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list, max_length=500, description="这些信函的编号 · ids of these letters"
    )
    state: Failed | None = Field(
        None,
        description=choices(
            "或此状态的全部信函",
            "or all in this state",
            {state: Mailing.WORDS.states[state] for state in GONE_WRONG},
        ),
    )
    about: str = Field(
        "",
        max_length=60,
        description="指明状态时，只限涉及此计划、名册等的信函 · with a state: only those about this plan, roster, …",
    )
