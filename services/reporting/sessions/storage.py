"""What reporting keeps of sessions: the approved ones as local copies of planning's facts; those voided in a winding-up
(rules §4.9); and a note of whatever else planning told about one, each with the sequence by which older news is known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from pydantic import BaseModel, ConfigDict

from services.reporting.sessions.session import CANCELLED, SESSION, VOIDED, Session
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.plan import (
    SessionPlanApproved,
    SessionPlanCancelled,
    SessionPlanPapersDrawn,
    SessionPlanPostponed,
    SessionPlanVoided,
)
from shared.errors import NotYet
from shared.keeping import local_copies
from shared.ports import Record, Store
from shared.trade.deadline import local_day

VOIDED_SESSIONS = "voided_session"  # the collections
SESSION_NOTES = "session_note"


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    sequence: str
    reason: str


class _Holder(BaseModel):
    """since: the day of the fact that first told that this body holds it; sequence: of that fact."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    body: str
    sequence: str
    since: date


class _Note(BaseModel):
    """drawn_at: sequence of the last draw. shown_at: of the last postponement that came when the day before it had begun, and
    with it the sets that were drawn were shown."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    drawn: bool = False
    drawn_at: str = ""
    shown_at: str = ""
    cancelled: _Said | None = None
    postponed: _Said | None = None
    holder: _Holder | None = None


# --- noted ----------------------------------------------------------------------------------------------------------------
# Each is safe to repeat and to hear out of order, and raises Stale when another worker wrote about the same session.


async def note_voided(store: Store, fact: SessionPlanVoided) -> None:
    """Voided is for good, so the first write is enough."""
    await store.add(VOIDED_SESSIONS, Record(fact.session, {"sanction": fact.sanction}))


async def note_approved(store: Store, envelope: Envelope) -> None:
    """Approved, and told anew when another body takes it over, or when it was held though it was cancelled: the latest wins."""
    fact = SessionPlanApproved.from_data(envelope.data)
    holder = _Holder(body=fact.body, sequence=envelope.sequence, since=local_day(envelope.time))

    def change(note: _Note) -> _Note:
        known = note.holder
        newer = known is None or (
            known.sequence < holder.sequence if known.body != holder.body else holder.sequence < known.sequence
        )
        return note.model_copy(update={"holder": holder}) if newer else note

    await _change(store, envelope.subject, change)
    await local_copies.keep(store, SessionPlanApproved, envelope)


async def note_postponed(store: Store, envelope: Envelope) -> None:
    """It says everything that an approval does, so it takes the place of the approval."""
    fact = SessionPlanPostponed.from_data(envelope.data)
    said = _Said(sequence=envelope.sequence, reason=fact.reason)
    shown = envelope.sequence if fact.held_before <= local_day(envelope.time) else ""

    def change(note: _Note) -> _Note:
        return _newer(note, "postponed", said).model_copy(update={"shown_at": max(note.shown_at, shown)})

    await _change(store, envelope.subject, change)
    await note_approved(store, envelope)


async def note_cancelled(store: Store, envelope: Envelope) -> None:
    said = _Said(sequence=envelope.sequence, reason=SessionPlanCancelled.from_data(envelope.data).reason)
    await _change(store, envelope.subject, lambda note: _newer(note, "cancelled", said))


async def note_drawn(store: Store, envelope: Envelope) -> None:
    SessionPlanPapersDrawn.from_data(envelope.data)

    def change(note: _Note) -> _Note:
        return note.model_copy(update={"drawn": True, "drawn_at": max(note.drawn_at, envelope.sequence)})

    await _change(store, envelope.subject, change)


def _newer(note: _Note, field: str, said: _Said) -> _Note:
    known: _Said | None = getattr(note, field)
    return note.model_copy(update={field: said}) if known is None or known.sequence < said.sequence else note


async def _change(store: Store, session: str, change: Callable[[_Note], _Note]) -> None:
    record = await store.get(SESSION_NOTES, session)
    note = _Note.model_validate(record.body) if record else _Note()
    changed = change(note)
    if changed == note:
        return
    body = changed.model_dump(mode="json")
    if record is None:
        if not await store.add(SESSION_NOTES, Record(session, body)):
            raise SESSION.stale(session)
    else:
        await store.put(SESSION_NOTES, Record(session, body, record.version, record.facts))


# --- known ----------------------------------------------------------------------------------------------------------------


async def seek(store: Store, session: str) -> Session | None:
    """None: its approval has not arrived here."""
    return (await seek_many(store, [session])).get(session)


async def seek_many(store: Store, ids: Collection[str]) -> dict[str, Session]:
    """By id, those whose approval has arrived here."""
    told = await local_copies.latest_of(store, SessionPlanApproved, ids)
    notes = {record.id: _Note.model_validate(record.body) for record in await store.get_many(SESSION_NOTES, [*told])}
    voided = {record.id for record in await store.get_many(VOIDED_SESSIONS, [*told])}
    return {id: _session(*told[id], notes.get(id, _Note()), id in voided) for id in told}


def _session(sequence: str, told: SessionPlanApproved, note: _Note, voided: bool) -> Session:
    ended, because = "", ""
    if voided:
        ended = VOIDED
    elif note.cancelled is not None and note.cancelled.sequence > sequence:
        ended, because = CANCELLED, note.cancelled.reason
    holder = note.holder
    return Session(
        told,
        ended,
        because,
        postponed=note.postponed.reason if note.postponed else "",
        drawn=note.drawn and note.drawn_at >= note.shown_at,
        shown=bool(note.shown_at),
        held_since=holder.since if holder is not None and holder.body == told.body else None,
        told_by=int(sequence),
    )


async def known(store: Store, session: str) -> Session:
    """Raises NotYet: its approval may still be on its way."""
    found = await seek(store, session)
    if found is None:
        raise NotYet(
            f"鉴定计划 {session} 尚未批准或尚未送达，请稍后再试 · session {session} is not approved, or its approval has not "
            "arrived here yet"
        )
    return found


async def must_have_been_allowed(store: Store, session: Session) -> None:
    """Raises Invalid, and NotYet while the body that held it is unknown here."""
    if session.on_the_day is not None:
        session.must_have_been_allowed(await local_copies.copy_of(store, BodyRegistered, session.on_the_day))
