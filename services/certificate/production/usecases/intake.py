"""Intake: an approved roster becomes numbered certificates in batches, page by page.

Runs any number of times with the effect of one run: blocks are granted once per roster, ids are computed, adds are
if-absent. A page whose batch is there is skipped, so a restart goes on where it stopped.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime

from services.certificate import ids
from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate, Copy, Issuer
from services.certificate.numbers import storage as numbers
from services.certificate.production.batch import Batch
from services.certificate.production.production import VOIDED, Production
from shared.contracts.directory import BodyRegistered
from shared.contracts.reporting import RosterApproved, RosterLine, RosterPage, SealedRoster, seal_lines, seal_pages
from shared.errors import Refused
from shared.keeping import local_copies, repository
from shared.ports import Clock, Store
from shared.ports.neighbours import Neighbours
from shared.trade.numbers.certificate_number import compose


async def take_in(
    store: Store, clock: Clock, neighbours: Neighbours, lanes: frozenset[str], fact: RosterApproved
) -> None:
    """Raises NotYet (the issuer's names have not arrived), Refused (a seal does not match), Stale, Unavailable."""
    year = fact.approved_on.year
    # Step 1: everything that can be foreseen to refuse comes before the first write.
    sealed = await neighbours.get("reporting", f"/rosters/{fact.roster}/sealed", SealedRoster)
    counted = sum((Counter(page.lines) for page in sealed.pages), Counter[int]())
    if seal_pages(sealed.pages) != fact.seal or counted != Counter(fact.lines):
        raise Refused(f"roster {fact.roster} does not match its seal: somebody edited an approved roster")
    issuer = await _issuer(store, fact)
    for level, count in fact.lines.items():
        (await numbers.register_of(store, year, fact.body, level)).must_have_room(fact.roster, count)
    # Step 2: the production says how many batches there will be, before the first of them can be counted.
    await repository.add(store, _production(fact, len(sealed.pages)))
    if await _voided(store, fact.roster):
        return
    # Step 3: one block of numbers per level. From here on the numbers of every line are settled.
    next_of = {
        level: await numbers.grant(store, year, fact.body, level, fact.roster, count)
        for level, count in fact.lines.items()
    }
    # Step 4: pages in, batches out. The certificates are added before the batch that makes them visible.
    for number, page in enumerate(sealed.pages):
        batch = ids.batch_id(fact.roster, number)
        if await store.get(Batch.KIND, batch) is None:
            if await _voided(store, fact.roster):  # while pages were coming in
                return
            lines = (await neighbours.get("reporting", f"/rosters/{fact.roster}/pages/{number}", RosterPage)).lines
            if seal_lines(lines) != page.seal or Counter(line.level for line in lines) != Counter(page.lines):
                raise Refused(f"page {number} of roster {fact.roster} does not match its seal")
            made = _certificates(fact, batch, issuer, lines, next_of, clock.now())
            await certificates.add(store, made)
            await _add_batch(store, clock.now(), fact, batch, number, len(made), lanes)
        for level, count in page.lines.items():
            next_of[level] += count


async def _issuer(store: Store, fact: RosterApproved) -> Issuer:
    body = await local_copies.copy_of(store, BodyRegistered, fact.body)
    centre = await local_copies.copy_of(store, BodyRegistered, fact.path.strip("/").split("/")[0])
    return Issuer(body_zh=body.name_zh, body_en=body.name_en, centre_zh=centre.name_zh, centre_en=centre.name_en)


def _production(fact: RosterApproved, batches: int) -> Production:
    return Production(
        id=fact.roster,
        body=fact.body,
        path=fact.path,
        producer=fact.producer,
        approved_on=fact.approved_on,
        certificates=sum(fact.lines.values()),
        batches=batches,
    )


async def _voided(store: Store, roster: str) -> bool:
    return (await repository.load(store, Production, roster)).state == VOIDED


def _certificates(
    fact: RosterApproved, batch: str, issuer: Issuer, lines: list[RosterLine], next_of: dict[int, int], now: datetime
) -> list[Certificate]:
    used: Counter[int] = Counter()
    made: list[Certificate] = []
    for line in lines:
        sequence = next_of[line.level] + used[line.level]
        used[line.level] += 1
        made.append(
            Certificate(
                id=ids.certificate_id(fact.roster, line.n),
                number=compose(fact.approved_on.year, fact.body, line.level, sequence),
                roster=fact.roster,
                n=line.n,
                batch=batch,
                path=fact.path,
                producer=fact.producer,
                issued_on=fact.approved_on,
                holder=line,
                issuer=issuer,
                copies=[Copy(made_for="original", at=now, remark=line.remark)],
                # Random, yet safe to repeat: the first write wins, and drawing reads what was written.
                verify_key=secrets.token_urlsafe(12),
            )
        )
    return made


async def _add_batch(
    store: Store, now: datetime, fact: RosterApproved, id: str, page: int, certificates: int, lanes: frozenset[str]
) -> None:
    batch = Batch(
        id=id,
        roster=fact.roster,
        page=page,
        path=fact.path,
        producer=fact.producer,
        certificates=certificates,
        numbered_at=now,
    )
    batch.tell(now, lanes)
    await repository.add(store, batch)
