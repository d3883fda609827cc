"""Use cases of what is published: the number is claimed, the files are drawn and kept, then everything is one write.

A death before that write leaves a number that the next one takes over and files that nobody names; the bulletin is a draft.
"""

from __future__ import annotations

from pathlib import Path

from services.supervision.bulletins import files as given_out
from services.supervision.bulletins.bulletin import PUBLISHED, Bulletin
from services.supervision.bulletins.usecases import drawing, numbering, reading
from shared.actor import Actor
from shared.errors import NotFound, Unavailable
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Files, Store, Workshop


async def publish(
    store: Store, files: Files, workshop: Workshop, id: str, asked: Asked, prefix: str, fonts: Path | None
) -> Bulletin:
    """Raises NotFound, Stale, WrongState, NotAllowed, NotYet while another one is being published, Invalid (also for a
    character that no font has), Unavailable."""
    bulletin = await reading.expected(store, id, asked)
    bulletin.must_be_publishable(asked.by)
    number = await numbering.claim(store, bulletin.id, asked.at, prefix)
    bulletin.publish(asked.by, asked.at, number)
    bulletin.keep(await _put(files, workshop, bulletin, fonts))
    await repository.save(store, bulletin)
    return bulletin


async def file_of(
    store: Store, files: Files, workshop: Workshop, id: str, by: Actor, name: str, fonts: Path | None
) -> tuple[Bulletin, bytes]:
    """name: one of `given_out.NAMES`. Of a published bulletin the bytes that were kept when it was published, for ever; of a
    draft, for the Centre's office, what it would be now, marked as a draft.

    Raises NotFound, Invalid for a character no font has, Unavailable."""
    bulletin = await reading.read(store, id, by)
    if bulletin.state != PUBLISHED:
        return bulletin, (await drawing.drawn(workshop, bulletin, [name], fonts))[name]
    if not bulletin.kept:
        bulletin = await _keep_late(store, files, workshop, bulletin, fonts)
    try:
        return bulletin, await files.get(bulletin.kept[name])
    except NotFound as error:  # it was kept: drawing it anew would make another document of the same number
        raise Unavailable(f"通报 {id} 的文件不在文件库中 · the file of {id} is missing from the file store") from error


async def _keep_late(
    store: Store, files: Files, workshop: Workshop, bulletin: Bulletin, fonts: Path | None
) -> Bulletin:
    """Of a bulletin that a release published which kept no files: the first reader's drawing is kept, for everybody."""
    drawn = await _put(files, workshop, bulletin, fonts)
    return await repository.retried(store, Bulletin, bulletin.id, lambda found: found.keep(drawn))


async def _put(files: Files, workshop: Workshop, bulletin: Bulletin, fonts: Path | None) -> dict[str, str]:
    """All of them are drawn before the first is stored."""
    found = await drawing.drawn(workshop, bulletin, given_out.NAMES, fonts)
    return {name: await files.put(content) for name, content in found.items()}
