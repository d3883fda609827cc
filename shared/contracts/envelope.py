"""CloudEvents 1.0, structured JSON: the same bytes in the outbox, on the wire, parked, and in the golden examples."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import Unreadable

PREFIX = "cn.jianding."
LARGEST_WIRE = 64 * 1024  # bytes; facts carry ids, counts and seals, so anything larger is a design error


class Fact(BaseModel):
    """What happened, in the past tense. Strict when written; read with `from_data`, which ignores unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    TYPE: ClassVar[str]
    ABOUT: ClassVar[str]
    """What happened, for docs/events.md."""
    SUBJECT: ClassVar[str]
    """Whose id the envelope carries as its subject."""

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Read tolerantly: a newer producer may have added fields. Raises Unreadable."""
        try:
            return cls.model_validate(data, extra="ignore")
        except ValidationError as error:
            raise Unreadable(f"{cls.TYPE}: {error.error_count()} fields do not follow the contract") from error


class Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, description="source/aggregate#running fact number: the same over every resend")
    source: str = Field(pattern=r"^/[a-z]+$")
    type: str = Field(pattern=r"^cn\.jianding\.[a-z_.]+\.v\d+$")
    subject: str = Field(min_length=1, description="id of the aggregate the fact is about")
    time: datetime
    sequence: str = Field(pattern=r"^\d{10}$", description="fact number of the aggregate, zero-padded")
    correlationid: str = ""
    causationid: str = ""
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]

    @property
    def fact_type(self) -> str:
        """The type without the reverse domain: `roster.approved.v1`."""
        return self.type.removeprefix(PREFIX)

    def wire(self) -> str:
        return self.model_dump_json()

    @classmethod
    def read(cls, wire: bytes | str) -> Envelope:
        """Raises Unreadable, with what is wrong but without the content."""
        try:
            return cls.model_validate_json(wire)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the message"
            raise Unreadable(f"not an event: {where}: {first['msg']}") from error
