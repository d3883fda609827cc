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
    """For the letter. Raises NotFound also while it is not confirmed, NotYet, Unavailable."""
    sanction = await repository.load(store, Sanction, id)
    if sanction.confirmed_at is None:
        raise Sanction.WORDS.not_found(id)
    content = await draw_up(store, workshop, sanction, fonts)
    return SanctionPaper(name=name_of(sanction), content=b64encode(content).decode("ascii"))


def name_of(sanction: Sanction) -> str:
    return f"decision-{sanction.body}.pdf"


async def draw_up(store: Store, workshop: Workshop, sanction: Sanction, fonts: Path | None) -> bytes:
    """The PDF. Raises WrongState before it is confirmed, NotYet while a body is unknown here, Unavailable."""
    sanction.must_be_decided()
    body = await local_copies.copy_of(store, BodyRegistered, sanction.body)
    centre = await local_copies.copy_of(store, BodyRegistered, sanction.centre)
    try:
        return await workshop.apart(_draw, sanction, body, centre, fonts)
    except ChildDied as error:
        raise Unavailable(
            "处理决定未能绘制完成，请稍后再试 · the paper of the sanction was not drawn to its end, please try again"
        ) from error


def _draw(sanction: Sanction, body: BodyRegistered, centre: BodyRegistered, fonts: Path | None) -> bytes:
    from services.supervision.sanctions.paper import pdf

    return pdf.draw(sanction, body, centre, fonts)
