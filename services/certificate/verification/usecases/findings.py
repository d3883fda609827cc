"""How a certificate stands: drawn, posted, void. Its batch and its production say so, and are read until they can say
nothing else; from then on the certificate itself is all that a verification reads."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from services.certificate.certificates.certificate import Certificate
from services.certificate.production.batch import PRODUCED, Batch
from services.certificate.production.production import POSTED, VOIDED, Production
from services.certificate.verification.outcomes import Outcome, outcome_of
from shared.keeping import repository
from shared.ports import Store

REMEMBERED = 10_000
"""Batches whose finding is kept, about 2 MB; the longest unasked are forgotten first, and read again."""


class Finding(NamedTuple):
    outcome: Outcome
    is_posted: bool


class Findings:
    """Those of one service. Every process may remember: what is kept here, no verb changes any more."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._settled: OrderedDict[str, Finding] = OrderedDict()  # batch → the finding about each of its certificates

    async def about(self, certificate: Certificate) -> Finding:
        """Raises Unavailable."""
        known = self._settled.get(certificate.batch)
        if known is not None:
            self._settled.move_to_end(certificate.batch)
            return known
        batch, production = await asyncio.gather(
            repository.seek(self._store, Batch, certificate.batch),
            repository.seek(self._store, Production, certificate.roster),
        )
        is_posted = production is not None and production.state in POSTED and certificate.id not in production.left_out
        found = Finding(outcome_of(certificate, batch, production), is_posted)
        if _is_settled(batch, production):
            self._remember(certificate.batch, found)
        return found

    def forget(self) -> None:
        self._settled.clear()

    def _remember(self, batch: str, finding: Finding) -> None:
        self._settled[batch] = finding
        if len(self._settled) > REMEMBERED:
            self._settled.popitem(last=False)


def _is_settled(batch: Batch | None, production: Production | None) -> bool:
    """All its certificates are void; or all are drawn, and all were in a parcel."""
    if production is None or production.state == VOIDED:
        return production is not None
    is_whole = batch is not None and batch.state == PRODUCED and not batch.refused
    return is_whole and production.state in POSTED and not production.left_out
