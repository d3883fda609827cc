"""Use cases of inspections: load, call the verb, save."""

from __future__ import annotations

import hashlib

from services.supervision import ids, visibility
from services.supervision.inspections.inspection import Inspection
from services.supervision.inspections.requests import Answer, NewInspection, Performed, Recheck
from shared.actor import Actor
from shared.errors import Invalid
from shared.keeping import creation, repository
from shared.keeping.ids import request_id
from shared.ports import Clock, Files, Store


async def plan(store: Store, clock: Clock, by: Actor, key: str, new: NewInspection) -> Inspection:
    """Raises NotFound, NotAllowed, Invalid."""
    body = await visibility.body_below(store, by, new.body)
    inspection = Inspection.plan(
        by,
        clock.now(),
        id=ids.inspection_id(request_id(by.id, key)),
        body=body.body,
        path=body.path,
        on=new.on,
        inspectors=new.inspectors,
        purpose=new.purpose,
    )
    request = await creation.once(store, by, key, new)
    return await creation.create(store, inspection, request, f"/supervision/inspections/{inspection.id}")


async def perform(store: Store, clock: Clock, by: Actor, id: str, seen: int, what: Performed) -> Inspection:
    inspection = await visibility.seen(store, Inspection, id, by, seen)
    findings = [(one.category, one.severity, one.description) for one in what.findings]
    inspection.perform(by, clock.now(), summary=what.summary, findings=findings, rectify_by=what.rectify_by)
    await repository.save(store, inspection)
    return inspection


async def close(store: Store, clock: Clock, by: Actor, id: str, seen: int) -> Inspection:
    inspection = await visibility.seen(store, Inspection, id, by, seen)
    inspection.close(by, clock.now())
    await repository.save(store, inspection)
    return inspection


async def answer(store: Store, clock: Clock, by: Actor, id: str, seen: int, told: Answer) -> Inspection:
    inspection = await visibility.seen(store, Inspection, id, by, seen)
    inspection.answer(by, clock.now(), told.measures)
    await repository.save(store, inspection)
    return inspection


async def recheck(store: Store, clock: Clock, by: Actor, id: str, seen: int, what: Recheck) -> Inspection:
    inspection = await visibility.seen(store, Inspection, id, by, seen)
    match what.outcome:
        case "pass":
            inspection.pass_recheck(by, clock.now(), what.note)
        case "extend":
            assert what.rectify_by is not None
            inspection.extend(by, clock.now(), what.rectify_by, what.note)
        case "escalate":
            inspection.escalate(by, clock.now(), what.note)
    await repository.save(store, inspection)
    return inspection


async def add_evidence(
    store: Store, files: Files, clock: Clock, by: Actor, id: str, seen: int, n: int, title: str, content: bytes
) -> Inspection:
    """The same file again changes nothing. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    inspection = await visibility.read(store, Inspection, id, by)
    inspection.finding(n)
    if not content:
        raise Invalid("文件是空的 · the file is empty")
    seal = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if any(one.seal == seal for one in inspection.finding(n).evidence):
        return inspection
    inspection = await visibility.seen(store, Inspection, id, by, seen)
    if inspection.add_evidence(by, clock.now(), n, seal=seal, title=title, size=len(content)):
        # Kept by content before the document names it, and only from whoever may: a crash in between leaves no gap.
        await files.put(content)
        await repository.save(store, inspection)
    return inspection


async def evidence(store: Store, files: Files, by: Actor, id: str, seal: str) -> tuple[str, bytes]:
    """Title and content, for whoever may read the inspection. Raises NotFound."""
    found = (await visibility.read(store, Inspection, id, by)).evidence(seal)
    return found.title, await files.get(found.seal)
