"""Use cases of inspections: load, call the verb, save."""

from __future__ import annotations

from collections.abc import AsyncIterable

from services.supervision import ids, visibility
from services.supervision.inspections.inspection import Inspection
from services.supervision.inspections.requests import NewInspection, Performed, Recheck, Rectification
from shared.actor import Actor
from shared.errors import Invalid
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.keeping.ids import request_id
from shared.ports import Files, Store, StoredFile


async def plan(store: Store, asked: Asked, key: str, new: NewInspection) -> Inspection:
    """Raises NotFound, NotAllowed, Invalid."""
    body = await visibility.body_below(store, asked.by, new.body)
    inspection = Inspection.plan(
        asked.by,
        asked.at,
        id=ids.inspection_id(request_id(asked.by.id, key)),
        body=body.body,
        path=body.path,
        on=new.on,
        inspectors=new.inspectors,
        purpose=new.purpose,
    )
    request = await creation.once(store, asked.by, key, new)
    return await creation.create(store, inspection, request, f"/supervision/inspections/{inspection.id}")


async def perform(store: Store, id: str, asked: Asked, what: Performed) -> Inspection:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    findings = [(found.category, found.severity, found.description) for found in what.findings]

    def verb(inspection: Inspection) -> None:
        inspection.perform(asked.by, asked.at, summary=what.summary, findings=findings, rectify_by=what.rectify_by)

    return await visibility.change(store, Inspection, id, asked, verb)


async def withdraw(store: Store, id: str, asked: Asked, reason: str) -> Inspection:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(inspection: Inspection) -> None:
        inspection.withdraw(asked.by, asked.at, reason)

    return await visibility.change(store, Inspection, id, asked, verb)


async def close(store: Store, id: str, asked: Asked) -> Inspection:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(inspection: Inspection) -> None:
        inspection.close(asked.by, asked.at)

    return await visibility.change(store, Inspection, id, asked, verb)


async def answer(store: Store, id: str, asked: Asked, what: Rectification) -> Inspection:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(inspection: Inspection) -> None:
        inspection.answer(asked.by, asked.at, what.measures)

    return await visibility.change(store, Inspection, id, asked, verb)


async def recheck(store: Store, id: str, asked: Asked, what: Recheck) -> Inspection:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(inspection: Inspection) -> None:
        match what.outcome:
            case "pass":
                inspection.pass_recheck(asked.by, asked.at, what.note)
            case "extend":
                assert what.rectify_by is not None
                inspection.extend(asked.by, asked.at, what.rectify_by, what.note)
            case "escalate":
                inspection.escalate(asked.by, asked.at, what.note)

    return await visibility.change(store, Inspection, id, asked, verb)


async def add_evidence(
    store: Store, files: Files, id: str, asked: Asked, n: int, title: str, content: AsyncIterable[bytes]
) -> Inspection:
    """A file for the nth finding, kept as it comes. The same file again changes nothing, of whatever version the caller
    knows.

    Raises NotFound, Stale, WrongState, NotAllowed, Invalid, Unavailable."""
    (await visibility.read(store, Inspection, id, asked.by)).expect_evidence(asked.by, n)
    draft = await files.receive(content)
    try:
        if not draft.size:
            raise Invalid("文件是空的 · the file is empty")
        inspection = await visibility.read(store, Inspection, id, asked.by)  # it may have taken a while
        if any(evidence.seal == draft.seal for evidence in inspection.finding(n).evidence):
            return inspection
        repository.must_be_expected(inspection, asked)
        inspection.add_evidence(asked.by, asked.at, n, seal=draft.seal, title=title, size=draft.size)
        # Kept by content before the document names it, and only from whoever may: a crash in between leaves no gap.
        await files.keep(draft)
        await repository.save(store, inspection)
        return inspection
    finally:
        await files.drop(draft)


async def evidence(store: Store, files: Files, by: Actor, id: str, seal: str) -> tuple[str, StoredFile]:
    """Title and content, for whoever may read the inspection. Raises NotFound, Unavailable."""
    found = (await visibility.read(store, Inspection, id, by)).evidence(seal)
    return found.title, await files.stream(found.seal)
