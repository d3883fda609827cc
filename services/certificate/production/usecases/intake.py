"""Intake: an approved roster becomes numbered certificates in batches, page by page.

Runs any number of times with the effect of one run: blocks are granted once per roster, ids are computed, adds are
if-absent. A page whose batch is there is skipped, so a restart goes on where it stopped.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.certificate import ids
from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate, Issue, Issuer
from services.certificate.numbers import storage as numbers
from services.certificate.production.batch import Batch
from services.certificate.production.production import VOIDED, Production
from shared.contracts.directory import BodyRegistered
from shared.contracts.reporting import RosterApproved, RosterLine, RosterPage, SealedRoster, seal_lines, seal_pages
from shared.errors import Refused
from shared.keeping import local_copies, repository
from shared.ports import Clock, Store
from shared.ports.neighbours import Neighbours
from shared.trade.body_path import BodyPath
from shared.trade.numbers.certificate_number import compose


async def take_in(
    store: Store, clock: Clock, neighbours: Neighbours, lanes: frozenset[str], fact: RosterApproved
) -> None:
    """Raises NotYet (the issuer's names have not arrived), Refused (the fact or a seal does not match the roster), Stale,
    Unavailable."""
    # Step 1: everything that can be foreseen to refuse comes before the first write.
    sealed = await neighbours.get("reporting", f"/rosters/{fact.roster}/sealed", SealedRoster)
    _must_say_the_same(fact, sealed)
    year = fact.approved_on.year
    counted = sum((Counter(page.lines) for page in sealed.pages), Counter[int]())
    if seal_pages(sealed.pages) != fact.seal or counted != Counter(fact.lines):
        raise Refused(
            f"合格人员名册 {fact.roster} 与封存摘要不符，批准后曾被改动，请运行管理员核查 · "
            f"roster {fact.roster} does not match its "
            "seal: somebody edited an approved roster"
        )
    issuer, branch_zh = await _issuer(store, fact), await _branch_zh(store, fact)
    for level, count in fact.lines.items():
        (await numbers.register_of(store, year, fact.body, level)).must_have_room(fact.roster, count)
    # Step 2: the production says how many batches there will be, before the first of them can be counted.
    await repository.add(store, _production(fact, sealed, branch_zh))
    if await _voided(store, fact.roster):
        return
    # Step 3: one block of numbers per level. From here on the numbers of every line are settled.
    next_of = {
        level: await numbers.grant(store, await numbers.register_of(store, year, fact.body, level), fact.roster, count)
        for level, count in fact.lines.items()
    }
    # Step 4: pages in, batches out. The certificates are added before the batch that makes them visible.
    for number, sealed_page in enumerate(sealed.pages):
        batch = ids.batch_id(fact.roster, number)
        if await store.get(Batch.KIND, batch) is None:
            if await _voided(store, fact.roster):  # while pages were coming in
                return
            lines = (await neighbours.get("reporting", f"/rosters/{fact.roster}/pages/{number}", RosterPage)).lines
            if seal_lines(lines) != sealed_page.seal or Counter(line.level for line in lines) != Counter(
                sealed_page.lines
            ):
                raise Refused(
                    f"合格人员名册 {fact.roster} 第 {number + 1} 页与封存摘要不符，请运行管理员核查 · "
                    f"page {number + 1} of roster {fact.roster} "
                    "does not match its seal"
                )
            now = clock.now()
            page = _Page(fact, batch, number, lines)
            await certificates.add(store, _certificates(page, issuer, next_of, now))
            new = _batch(page, now)
            new.ask_for_drawing(now, lanes)
            await repository.add(store, new)
        for level, count in sealed_page.lines.items():
            next_of[level] += count


def _must_say_the_same(fact: RosterApproved, sealed: SealedRoster) -> None:
    """Body and year decide which numbers are granted, and a number that was granted is gone. So the fact is taken as no
    more than the news that there is a roster, and whatever it repeats of it must be so. Raises Refused."""
    both = sorted(RosterApproved.model_fields.keys() & SealedRoster.model_fields.keys())
    repeated = [name for name in both if getattr(fact, name) is not None]  # none: the fact is of an earlier release
    differ = [
        name
        for name in repeated
        if getattr(sealed, name) not in ("", getattr(fact, name))  # empty: an earlier release does not say
    ]
    if differ:
        raise Refused(
            f"关于合格人员名册 {fact.roster} 的消息与名册不一致，请运行管理员核查 · the fact about roster {fact.roster} does not "
            f"match the roster: {', '.join(differ)}"
        )


async def _issuer(store: Store, fact: RosterApproved) -> Issuer:
    body = await local_copies.copy_of(store, BodyRegistered, fact.body)
    centre = await local_copies.copy_of(store, BodyRegistered, BodyPath.read(fact.path).centre)
    return Issuer(body_zh=body.name_zh, body_en=body.name_en, centre_zh=centre.name_zh, centre_en=centre.name_en)


async def _branch_zh(store: Store, fact: RosterApproved) -> str:
    """For form 6 alone, so nothing waits for it: where its name has not arrived the code stands."""
    branch = BodyPath.read(fact.path).branch
    known = await local_copies.seek(store, BodyRegistered, branch) if branch else None
    return known.name_zh if known else ""


def _production(fact: RosterApproved, sealed: SealedRoster, branch_zh: str) -> Production:
    return Production(
        id=fact.roster,
        body=fact.body,
        path=fact.path,
        producer=fact.producer,
        approved_on=fact.approved_on,
        session=sealed.session,
        held_on=sealed.held_on,
        branch_zh=branch_zh,
        certificates=sum(fact.lines.values()),
        batches=len(sealed.pages),
    )


async def _voided(store: Store, roster: str) -> bool:
    return (await repository.load(store, Production, roster)).state == VOIDED


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of an approved roster. batch: id of the batch that it becomes."""

    fact: RosterApproved
    batch: str
    number: int
    lines: Sequence[RosterLine]


def _certificates(page: _Page, issuer: Issuer, next_of: Mapping[int, int], now: datetime) -> list[Certificate]:
    """next_of: the first sequence for each level of the page."""
    fact = page.fact
    used: Counter[int] = Counter()
    made: list[Certificate] = []
    for line in page.lines:
        sequence = next_of[line.level] + used[line.level]
        used[line.level] += 1
        made.append(
            Certificate(
                id=ids.certificate_id(fact.roster, line.n),
                number=compose(fact.approved_on.year, fact.body, line.level, sequence),
                roster=fact.roster,
                n=line.n,
                batch=page.batch,
                path=fact.path,
                producer=fact.producer,
                issued_on=fact.approved_on,
                holder=line,
                issuer=issuer,
                copies=[Issue(made_for="original", at=now, remark=line.remark)],
                # Random, yet safe to repeat: the first write wins, and drawing reads what was written.
                verify_key=secrets.token_urlsafe(12),
            )
        )
    return made


def _batch(page: _Page, now: datetime) -> Batch:
    return Batch(
        id=page.batch,
        roster=page.fact.roster,
        page=page.number,
        path=page.fact.path,
        producer=page.fact.producer,
        certificates=len(page.lines),
        numbered_at=now,
        without_email=sum(not line.email for line in page.lines),
    )
