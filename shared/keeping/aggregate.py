"""Aggregates: state changed by verbs with guards, which note the facts they cause and who did what.

What somebody did stands in the document's own history and, through its outbox, in the audit chain (shared.audit.chain).

Pure: no I/O, no clock. `shared.keeping.repository` loads and saves them; one save is one document write.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from shared import trace
from shared.actor import Actor
from shared.audit import chain as audit
from shared.contracts.envelope import LARGEST_WIRE, PREFIX, Envelope, Fact
from shared.errors import WrongState
from shared.keeping import ids
from shared.ports import Outgoing, Record
from shared.ports.exchanges import AUDIT, EVENTS
from shared.trade.body_path import BodyPath
from shared.words import Pair, Words


class Entry(BaseModel):
    """One line of the audit trail: who, when, what, from which state to which, why.

    n: its row in the document's outbox, by which it is found in the audit chain; 0 before there was a chain."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    n: int = 0
    at: datetime
    by: str
    name: str
    body: str
    verb: str
    from_state: str
    to_state: str
    reason: str = ""


class Aggregate(BaseModel):
    """Base of all documents with behaviour. Subclasses set KIND (the collection), SOURCE (`/service`) and WORDS."""

    # A document written by a newer release must still load; what does not load must not show its content in a log.
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    KIND: ClassVar[str]
    SOURCE: ClassVar[str]
    WORDS: ClassVar[Words]
    NEXT: ClassVar[Mapping[str, str]] = {}
    """State → what there is to do, in both languages, for whoever asks for something else."""

    id: str
    state: str
    request: str = ""  # id of the request that created it; recognises a repeated POST (shared.web.idempotency)
    history: list[Entry] = Field(default_factory=list)

    _version: int = PrivateAttr(default=0)
    _facts: int = PrivateAttr(default=0)
    _outbox: list[Outgoing] = PrivateAttr(default_factory=list)
    _acts: list[Outgoing] = PrivateAttr(default_factory=list)

    @property
    def version(self) -> int:
        """0 while it was never stored."""
        return self._version

    @property
    def outbox(self) -> tuple[Outgoing, ...]:
        """The facts (and replays) noted since it was loaded."""
        return tuple(self._outbox)

    @property
    def outgoing(self) -> tuple[Outgoing, ...]:
        """Everything one save stores with the state: the facts for the broker, the acts for the audit chain."""
        return tuple(sorted((*self._outbox, *self._acts), key=lambda row: row.n))

    @property
    def audit_chain(self) -> str:
        """The audit chain its acts belong to: the body concerned, by its path; the house's where there is none."""
        return BodyPath.read(str(getattr(self, "path", ""))).own or audit.HOUSE

    @property
    def audit_path(self) -> str:
        """Whose auditors read of an act, asked when its entry stands in the history already: those at or above this
        place. Empty: those at or above the actor's."""
        return str(getattr(self, "path", ""))

    def whoever(self, *verbs: str) -> set[str]:
        """Accounts that took one of these acts, at any time."""
        return {entry.by for entry in self.history if entry.verb in verbs}

    def only_when(self, verb: str, *states: str) -> None:
        """Guard of a verb. Raises WrongState, which says what there is to do instead."""
        if self.state not in states:
            raise self.wrong_state(verb, self.instead_of(verb))

    def wrong_state(self, verb: str, next: str = "", found: Pair | None = None) -> WrongState:
        """The refusal of a verb, to be raised (shared.words)."""
        return self.WORDS.wrong_state(self.id, self.state, verb, next, found)

    def instead_of(self, verb: str) -> str:
        """What there is to do in this state, for whoever asks for the verb; empty: nothing."""
        return self.NEXT.get(self.state, "")

    def move(self, verb: str, to: str, by: Actor, at: datetime, reason: str = "") -> None:
        """Change the state and leave an audit entry."""
        self._facts += 1
        entry = Entry(
            n=self._facts,
            at=at,
            by=by.id,
            name=by.name,
            body=by.body,
            verb=verb,
            from_state=self.state,
            to_state=to,
            reason=reason,
        )
        self.state = to
        self.history.append(entry)
        headers = {"path": self.audit_path or by.path}
        wire = entry.model_dump_json()
        self._acts.append(Outgoing(n=entry.n, at=at, exchange=AUDIT, key=self.audit_chain, wire=wire, headers=headers))

    def note(self, fact: Fact, at: datetime, lane: str = "", about: str = "") -> None:
        """Remember a fact; it is stored with the state, in the same write. `lane` narrows who takes it (topology.Queue).

        about: what the envelope calls the document, where its id must stay off the bus (a person's account)."""
        self._facts += 1
        now = trace.current()
        envelope = Envelope(
            id=ids.fact_id(self.SOURCE, self.KIND, about or self.id, self._facts),
            source=self.SOURCE,
            type=PREFIX + fact.TYPE,
            subject=about or self.id,
            time=at,
            sequence=f"{self._facts:010d}",
            correlationid=now.correlation,
            causationid=now.causation,
            data=fact.model_dump(mode="json"),
        )
        wire = envelope.wire()
        if (
            len(wire) > LARGEST_WIRE
        ):  # ids and counts only: this is a design error, found in the first test that meets it
            raise ValueError(f"{fact.TYPE} of {self.id} is {len(wire)} bytes, more than {LARGEST_WIRE}")
        key = f"{fact.TYPE}.{lane}" if lane else fact.TYPE
        self._outbox.append(Outgoing(n=self._facts, at=at, exchange=EVENTS, key=key, wire=wire))

    def post(self, exchange: str, key: str, wire: str, headers: dict[str, str], at: datetime) -> None:
        """Send an existing message through the outbox (a replay): same bytes, same id."""
        self._facts += 1
        self._outbox.append(Outgoing(n=self._facts, at=at, exchange=exchange, key=key, wire=wire, headers=headers))

    def as_record(self) -> Record:
        body = self.model_dump(mode="json", exclude={"id"})
        return Record(id=self.id, body=body, version=self._version, facts=self._facts)

    @classmethod
    def from_record(cls, record: Record) -> Self:
        found = cls.model_validate({**record.body, "id": record.id})
        found._version = record.version
        found._facts = record.facts
        return found

    def stored_as(self, version: int) -> None:
        """Called by `keeping` after a write took effect."""
        self._version = version
        self._outbox.clear()
        self._acts.clear()
