"""Produce: draw a batch as one print file. Drawing is pure, so a repeat gives the same bytes and the same hash."""

from __future__ import annotations

from services.certificate.certificates import storage as certificates
from services.certificate.production import storage as productions
from services.certificate.production.batch import NUMBERED, Batch, RefusedCertificate
from services.certificate.production.drawing.in_a_child import draw_what_can_be
from services.certificate.production.drawing.specimen import SPECIMEN
from services.certificate.production.production import VOIDED, Production
from services.certificate.production.sheets import sheet_of
from shared.contracts.certificate import BatchNumbered, BatchProduced
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Clock, Store


async def ready_to_draw(ports: Ports) -> None:
    """Everything that drawing loads, and what the fonts hold, is there before the first batch. Raises as the drawing."""
    await ports.workshop.begin(draw_what_can_be, (SPECIMEN,), ports.settings.fonts)


async def produce(ports: Ports, fact: BatchNumbered) -> None:
    """Raises NotFound for an unknown batch, Stale, Unavailable; what a workshop raises when the drawing kills its child."""
    store, settings = ports.store, ports.settings
    batch = await repository.load(store, Batch, fact.batch)
    # Step 1: a duplicate, or the message of an earlier drawing, finds nothing to do.
    if batch.state != NUMBERED or batch.drawing != fact.drawing:
        return
    production = await repository.seek(store, Production, batch.roster)
    if production is not None and production.state == VOIDED:  # its batches are being voided, or were numbered late
        return
    # Step 2: whoever has a character that is in no font is left out and named; the others are not kept waiting.
    found = await certificates.in_batch(store, batch.id, batch.certificates)
    wanted = [certificate for certificate in found if batch.wants(certificate.id)]
    sheets = tuple(sheet_of(certificate, settings.url) for certificate in wanted)
    lacking, drawn = await ports.workshop.do(draw_what_can_be, sheets, settings.fonts)
    refused = [
        RefusedCertificate(
            certificate=certificate.id, number=certificate.number, characters=lacking[certificate.number]
        )
        for certificate in wanted
        if certificate.number in lacking
    ]
    # Step 3: pure and stored by content: drawing twice is drawing once.
    print_file = await ports.files.put(drawn) if drawn else ""
    # Step 4: the only step that changes the world.
    batch.produce(print_file, len(sheets) - len(refused), refused, ports.clock.now())
    await repository.save(store, batch)


async def tally(store: Store, clock: Clock, fact: BatchProduced) -> None:
    """Ask whether every batch of the roster is drawn; a question, not a counter, so repeats and any order are fine."""
    production = await repository.load(store, Production, fact.roster)
    if not await productions.all_drawn(store, production):
        return
    left_out = await productions.left_out_of(store, production)
    unreached = await productions.without_email(store, production)
    if production.mark_ready(left_out, clock.now(), unreached) or production.take_redraw(left_out):
        await repository.save(store, production)
