"""Produce: draw a batch as one print file. Drawing is pure, so a repeat gives the same bytes and the same hash."""

from __future__ import annotations

from services.certificate.certificates.certificate import Certificate
from services.certificate.production.batch import NUMBERED, Batch, RefusedCertificate
from services.certificate.production.drawing.glyphs import missing_in
from services.certificate.production.drawing.print_file import draw
from services.certificate.production.drawing.sheet import Sheet
from services.certificate.production.production import VOIDED, Production
from services.certificate.production.usecases import all_drawn, left_out_of
from shared.contracts.certificate import BatchNumbered, BatchProduced
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.ports.house import House
from shared.settings import Settings


async def produce(house: House, fact: BatchNumbered) -> None:
    """Raises NotFound for an unknown batch, Stale, Unavailable; what a workshop raises when the drawing kills its child."""
    store, settings = house.store, house.settings
    batch = await repository.load(store, Batch, fact.batch)
    # Step 1: a duplicate, or the message of an earlier drawing, finds nothing to do.
    if batch.state != NUMBERED or batch.drawing != fact.drawing:
        return
    production = await repository.seek(store, Production, batch.roster)
    if production is not None and production.state == VOIDED:  # its batches are being voided, or were numbered late
        return
    # Step 2: whoever has a character that is in no font is left out and named; the others are not kept waiting.
    certificates = await in_batch(store, batch)
    sheets: list[Sheet] = []
    refused: list[RefusedCertificate] = []
    for one in (one for one in certificates if batch.wants(one.id)):
        sheet = sheet_of(one, settings)
        characters = missing_in(sheet, settings.fonts)
        if characters:
            refused.append(RefusedCertificate(certificate=one.id, number=one.number, characters=characters))
        else:
            sheets.append(sheet)
    # Step 3: pure and stored by content: drawing twice is drawing once.
    print_file = ""
    if sheets:
        print_file = await house.files.put(await house.workshop.do(draw, tuple(sheets), settings.fonts))
    # Step 4: the only step that changes the world.
    batch.produced(print_file, len(sheets), refused, house.clock.now())
    await repository.save(store, batch)


async def tally(store: Store, clock: Clock, fact: BatchProduced) -> None:
    """Ask whether every batch of the roster is drawn; a question, not a counter, so repeats and any order are fine."""
    production = await repository.load(store, Production, fact.roster)
    if not await all_drawn(store, production):
        return
    left_out = await left_out_of(store, production)
    if production.ready(left_out, clock.now()) or production.redrawn(left_out):
        await repository.save(store, production)


async def in_batch(store: Store, batch: Batch) -> list[Certificate]:
    page = await store.find(Certificate.KIND, {"batch": batch.id}, sort="n", limit=batch.certificates)
    return [Certificate.from_record(record) for record in page.records]


def verify_url(certificate: Certificate, settings: Settings) -> str:
    return f"{settings.url.rstrip('/')}/certificate/v/{certificate.number}/{certificate.verify_key}"


def sheet_of(certificate: Certificate, settings: Settings) -> Sheet:
    holder, copy = certificate.holder, certificate.copies[-1]
    return Sheet(
        certificate_no=certificate.number,
        name=holder.name,
        sex=holder.sex,
        birth=holder.birth,
        id_type=holder.id_type,
        id_number=holder.id_number,
        education=holder.education,
        employer=holder.employer,
        occupation_zh=holder.occupation_zh,
        occupation_en=holder.occupation_en,
        level=holder.level,
        theory=holder.theory,
        practical=holder.practical,
        review=holder.review,
        grade=holder.grade,
        issued_on=certificate.issued_on,
        issuer_zh=certificate.issuer.body_zh,
        issuer_en=certificate.issuer.body_en,
        centre_zh=certificate.issuer.centre_zh,
        centre_en=certificate.issuer.centre_en,
        verify_url=verify_url(certificate, settings),
        query_site=settings.url.removeprefix("https://").removeprefix("http://").rstrip("/"),
        blank_serial=copy.blank_serial,
        remark=copy.remark,
    )
