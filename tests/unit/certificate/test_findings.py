"""How a certificate stands is read anew while it can change, and remembered once it cannot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.certificate.certificates.certificate import Certificate
from services.certificate.declares import KINDS
from services.certificate.production.batch import Batch, RefusedCertificate
from services.certificate.production.production import Production
from services.certificate.verification.outcomes import Outcome
from services.certificate.verification.usecases import findings as findings_of
from services.certificate.verification.usecases.findings import Finding, Findings
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.keeping import repository
from shared.ports import Record
from shared.trade.roles import Role
from tests.unit.certificate.test_certificate_answers import CERTIFICATE

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
BRANCH, PATH = "49050001", "/49000001/49050001/49053012/"
OFFICER = Actor("o", "o", BRANCH, "/", frozenset({Role.BRANCH_OFFICER}))
SEAL = f"sha256:{'a' * 64}"
OTHER = CERTIFICATE.model_copy(update={"id": "d", "n": 2})
LEFT_OUT = RefusedCertificate(certificate=OTHER.id, number="2649053012400002", characters=["\U00032000"])


class Counted(SqliteStore):
    reads = 0

    async def get(self, kind: str, id: str) -> Record | None:
        self.reads += 1
        return await super().get(kind, id)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Counted]:
    store = Counted(tmp_path / "certificate.sqlite", KINDS)
    batch = Batch(
        id=CERTIFICATE.batch,
        roster=CERTIFICATE.roster,
        page=0,
        path=PATH,
        producer=BRANCH,
        certificates=2,
        numbered_at=NOW,
    )
    production = Production(
        id=CERTIFICATE.roster,
        body="49053012",
        path=PATH,
        producer=BRANCH,
        approved_on=date(2026, 4, 3),
        certificates=2,
        batches=1,
    )
    await repository.add(store, batch)
    await repository.add(store, production)
    yield store
    await store.close()


async def happens(store: Counted, what: type[Any], verb: Any) -> None:
    await repository.retried(store, what, CERTIFICATE.batch if what is Batch else CERTIFICATE.roster, verb)
    store.reads = 0


async def about(findings: Findings, certificate: Certificate = CERTIFICATE) -> tuple[str, bool]:
    found = await findings.about(certificate)
    return found.outcome.value, found.is_posted


async def test_every_step_is_seen_and_the_last_one_remembered(store: Counted) -> None:
    findings = Findings(store)
    assert await about(findings) == ("being_made", False)
    await happens(store, Batch, lambda batch: batch.produce(SEAL, 2, [], NOW))
    assert await about(findings) == ("valid", False)
    await happens(store, Production, lambda production: production.mark_ready([], NOW))
    assert await about(findings) == ("valid", False)
    await happens(store, Production, lambda production: production.post_parcel(OFFICER, NOW, "EMS", "EA1CN"))
    assert [await about(findings), await about(findings, OTHER)] == [("valid", True)] * 2
    assert store.reads == 2, "the batch and the production, once for all its certificates"


async def test_a_void_one_is_remembered(store: Counted) -> None:
    findings = Findings(store)
    await happens(store, Batch, lambda batch: batch.produce(SEAL, 2, [], NOW))
    assert await about(findings) == ("valid", False)
    await happens(store, Production, lambda production: production.void(OFFICER, NOW, "撤销", "s"))
    assert [await about(findings), await about(findings, OTHER)] == [("void", False)] * 2
    assert store.reads == 2


async def test_what_was_left_out_may_still_be_drawn(store: Counted) -> None:
    """And each certificate of such a batch stands as it stands, not as its neighbour."""
    findings = Findings(store)
    await happens(store, Batch, lambda batch: batch.produce(SEAL, 1, [LEFT_OUT], NOW))
    await happens(store, Production, lambda production: production.mark_ready([OTHER.id], NOW))
    await happens(store, Production, lambda production: production.post_parcel(OFFICER, NOW, "EMS", "EA1CN"))
    assert [await about(findings), await about(findings, OTHER)] == [("valid", True), ("being_made", False)]
    await happens(store, Batch, lambda batch: batch.redraw(OFFICER, NOW, frozenset()))
    await happens(store, Batch, lambda batch: batch.produce(SEAL, 1, [], NOW))
    assert [await about(findings), await about(findings, OTHER)] == [("valid", True), ("valid", False)]


async def test_no_more_are_remembered_than_there_is_room_for(store: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_of, "REMEMBERED", 2)
    findings = Findings(store)
    for batch in ("a", "b", "a", "c"):
        if batch in findings._settled:
            await findings.about(CERTIFICATE.model_copy(update={"batch": batch}))
        else:
            findings._remember(batch, Finding(Outcome.VALID, True))
    assert list(findings._settled) == ["a", "c"]
