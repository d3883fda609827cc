"""The paper of a sanction, drawn in a child process, where typesetter and fonts are loaded."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from services.supervision.sanctions.sanction import Sanction
from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import SanctionPaper
from shared.errors import Unavailable
from shared.keeping import local_copies, repository
from shared.ports import Store, Workshop
from shared.ports.workshop import ChildDied


async def paper_of(store: Store, workshop: Workshop, id: str, fonts: Path | None) -> SanctionPaper:
    """Raises NotFound also while it is not confirmed, NotYet, Unavailable."""
    sanction = await repository.load(store, Sanction, id)
    if sanction.confirmed_at is None:
        raise Sanction.WORDS.not_found(id)
    body = await local_copies.copy_of(store, BodyRegistered, sanction.body)
    centre = await local_copies.copy_of(store, BodyRegistered, sanction.centre)
    try:
        content = await workshop.apart(_draw, sanction, body, centre, fonts)
    except ChildDied as error:
        raise Unavailable(
            "处理决定未能绘制完成，稍后自动再试 · the paper of the sanction was not drawn to its end, it is tried again"
        ) from error
    return SanctionPaper(name=f"decision-{sanction.body}.pdf", content=b64encode(content).decode("ascii"))


def _draw(sanction: Sanction, body: BodyRegistered, centre: BodyRegistered, fonts: Path | None) -> bytes:
    from services.supervision.sanctions.paper import pdf

    return pdf.draw(sanction, body, centre, fonts)
