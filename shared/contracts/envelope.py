"""CloudEvents 1.0, structured JSON: the same bytes in the outbox, on the wire, parked, and in the golden examples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.errors import Unreadable

PREFIX = "cn.jianding."
LARGEST_WIRE = 64 * 1024  # bytes; facts carry ids, counts and seals, so anything larger is a design error
LARGEST_READ = 256 * 1024  # bytes; that many characters could be written before bytes were counted
LONGEST_ID = 500  # characters; ours have some eighty, and lists show it
LARGEST_SEQUENCE = 1_000_000
"""Facts of one document. None notes a thousandth of it, and a forged number above all others would never be overtaken."""

Reader = Literal["body", "branch", "centre", "producer", "bodies"]
"""In whose feed a fact stands (docs/decisions/0047-feed.md): of the body that it concerns, by its `path`; of the branch centre
above that; of the Centre; of the body in its field `producer`; or of every body below the one that it concerns."""

ALL_CONCERNED: tuple[Reader, ...] = ("body", "branch", "centre")

Owners = Mapping[str, Collection[str]]
"""Service → the nouns that it alone writes facts about (`shared.register`)."""


class Fact(BaseModel):
    """What happened, in the past tense. Strict when written; read with `from_data`, which ignores unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    TYPE: ClassVar[str]
    ABOUT: ClassVar[str]
    """What happened, for docs/events.md."""
    SUBJECT: ClassVar[str]
    """Whose id the envelope carries as its subject."""
    READERS: ClassVar[tuple[Reader, ...]] = ()
    """Nobody, unless it says so: a place in the tree alone opens nothing."""

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Read tolerantly: a newer producer may have added fields. Raises Unreadable."""
        try:
            return cls.model_validate(data, extra="ignore")
        except ValidationError as error:
            raise Unreadable(
                f"消息内容不符合约定 · {cls.TYPE}: {error.error_count()} fields do not follow the contract"
            ) from error


class Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(
        min_length=1,
        description=(
            "事件编号，形如 `source/kind/subject#0000000001`，井号后为该文档的事实序号：重发时不变 · "
            "source/kind/subject#running fact number: the same over every resend"
        ),
    )
    source: str = Field(pattern=r"^/[a-z]+$")
    type: str = Field(pattern=r"^cn\.jianding\.[a-z_.]+\.v[0-9]+$")
    subject: str = Field(min_length=1, description="事件所述文档的编号 · id of the aggregate the fact is about")
    time: AwareDatetime
    sequence: str = Field(
        pattern=r"^[0-9]{10}$", description="该文档的事实序号，前面补零 · fact number of the aggregate, zero-padded"
    )
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
    def read(cls, wire: bytes | str, owners: Owners | None = None) -> Envelope:
        """owners: who may say what; without them nobody's word is taken for it, only the shape is looked at.

        Raises Unreadable, with what is wrong but without the content."""
        if len(wire) > LARGEST_READ:
            raise Unreadable(f"不是本系统的消息 · not an event: {len(wire)} bytes, more than {LARGEST_READ}")
        try:
            envelope = cls.model_validate_json(wire)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the message"
            what = "has another form than it should" if first["type"] == "string_pattern_mismatch" else first["msg"]
            raise Unreadable(f"不是本系统的消息 · not an event: {where}: {what}") from error
        envelope._must_be_consistent()
        if owners is not None:
            envelope._must_come_from_the_owner(owners)
        return envelope

    def _must_be_consistent(self) -> None:
        """Every release computed the id of its parts, so a message whose parts differ was made by nobody of ours."""
        if len(self.id) > LONGEST_ID:
            raise Unreadable(f"不是本系统的消息 · not an event: the id is longer than {LONGEST_ID} characters")
        if not 0 < int(self.sequence) <= LARGEST_SEQUENCE:
            raise Unreadable(
                f"不是本系统的消息 · not an event: the sequence does not lie between 1 and {LARGEST_SEQUENCE}"
            )
        before, _, after = self.id.partition(f"/{self.subject}#")
        if after != self.sequence or before.rpartition("/")[0] != self.source:
            raise Unreadable("不是本系统的消息 · not an event: the id is not that of its source, subject and sequence")

    def _must_come_from_the_owner(self, owners: Owners) -> None:
        noun, said_by = self.fact_type.partition(".")[0], self.source.removeprefix("/")
        if noun not in owners.get(said_by, ()):
            raise Unreadable(
                f"消息来源不符 · {self.fact_type} comes from {self.source}, which does not write about {noun}"
            )
