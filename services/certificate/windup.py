"""Winding up a revoked body: its productions that were not posted. Certificates that were issued keep their state."""

from __future__ import annotations

from typing import ClassVar

from services.certificate.production.batch import NUMBERED, Batch
from services.certificate.production.production import OPEN, VOIDED, Production
from shared.actor import Actor
from shared.contracts.certificate import CertificateWindUpDone
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import Effect, WindUpItem, WindUpPreview, WindUpService
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.windup import WindUp, apply, carry_out, of_body


class CertificateWindUp(WindUp):
    SOURCE: ClassVar[str] = "/certificate"
    SERVICE: ClassVar[WindUpService] = "certificate"

    def fact(self) -> CertificateWindUpDone:
        return CertificateWindUpDone(sanction=self.id, effects=len(self.effects))


async def preview(store: Store, body: str) -> WindUpPreview:
    found = await of_body(store, Production, body)
    return WindUpPreview(items=[_item(production) for production in found if production.state in OPEN])


def _item(production: Production) -> WindUpItem:
    return WindUpItem(
        service="certificate",
        kind="production",
        id=production.id,
        title=f"未寄发证书 {production.certificates} 份 · certificates not issued",
        state=production.state,
        count=production.certificates,
        choices={"finish": production.state, "void": VOIDED},
    )


async def revoke(ports: Ports, fact: SanctionConfirmed) -> None:
    """Safe to repeat. Raises NotYet, Unavailable, Stale."""

    async def one(order: Effect, by: Actor, reason: str) -> Effect:
        def act(production: Production) -> None:
            if order.choice == "finish":
                production.finish(by, ports.clock.now(), reason)
            else:
                production.void(by, ports.clock.now(), reason, fact.sanction)

        happened = await apply(ports.store, Production, order, by, act, lambda production: production.certificates)
        if happened.to_state == VOIDED:
            await _void_batches(ports, order.id, by, reason)
        return happened

    await carry_out(ports, CertificateWindUp, fact, one)


async def _void_batches(ports: Ports, roster: str, by: Actor, reason: str) -> None:
    """Those that wait to be drawn. The production is voided already, so whoever draws one meanwhile draws for nobody."""
    while True:
        page = await ports.store.find(Batch.KIND, {"roster": roster, "state": NUMBERED}, limit=100)
        if not page.records:
            return
        for record in page.records:
            batch = Batch.from_record(record)
            if batch.void(by, ports.clock.now(), reason):
                await repository.save(ports.store, batch)
