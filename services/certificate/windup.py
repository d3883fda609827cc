"""Winding up a revoked body: its productions that were not posted. Certificates that were issued keep their state."""

from __future__ import annotations

from typing import ClassVar

from services.certificate.production.batch import NUMBERED, Batch
from services.certificate.production.production import OPEN, VOIDED, Production
from shared.contracts.certificate import CertificateWindUpDone
from shared.contracts.envelope import Fact
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import Effect, WindUpPreview, WindUpService
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.holdings import Act, Holding, Way
from shared.procedure.windup import Part, WindUp, carry_out, previewed


class CertificateWindUp(WindUp):
    SOURCE: ClassVar[str] = "/certificate"
    SERVICE: ClassVar[WindUpService] = "certificate"
    FACT: ClassVar[type[Fact]] = CertificateWindUpDone


async def _void_batches(store: Store, production: Effect, act: Act) -> None:
    """Those that wait to be drawn. The production is voided already, so whoever draws one meanwhile draws for nobody."""
    if production.to_state != VOIDED:
        return
    async for batch in repository.every(store, Batch, {"roster": production.id, "state": NUMBERED}):
        if batch.void(act.by, act.at, act.reason):
            await repository.save(store, batch)


# Certificates are made where the production right is, so nobody takes over those of another body.
PRODUCTIONS = Holding(
    kind="production",
    what=Production,
    open=OPEN,
    title=lambda production: f"未寄发证书 {production.certificates} 份 · certificates not issued",
    count=lambda production: production.certificates,
    ways={
        "finish": Way(
            {state: state for state in OPEN},
            lambda production, act: production.finish(act.by, act.at, act.reason),
        ),
        "void": Way(
            dict.fromkeys(OPEN, VOIDED),
            lambda production, act: production.void(act.by, act.at, act.reason, act.sanction),
        ),
    },
    afterwards=_void_batches,
)

PART = Part(CertificateWindUp, (PRODUCTIONS,))


async def preview(store: Store, body: str) -> WindUpPreview:
    return await previewed(store, PART, body)


async def revoke(ports: Ports, fact: SanctionConfirmed) -> None:
    """Safe to repeat (rules §4.9). Raises NotYet, Unavailable, Stale."""
    await carry_out(ports, PART, fact)
