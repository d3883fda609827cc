"""What earlier releases approved is entered among the certified persons, once, roster by roster."""

from __future__ import annotations

import contextlib
import logging

from services.reporting.certified import storage as certified
from services.reporting.certified.person_key import PersonKey
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.usecases import certifying
from shared.contracts.certificate import ProductionState
from shared.errors import NotFound
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import every_record
from shared.procedure.approval import APPROVED
from shared.procedure.windup import WindUp

log = logging.getLogger(__name__)


async def enter_earlier(ports: Ports, key: PersonKey) -> None:
    """Safe to repeat after a crash, and from several clocks. Does nothing once everything is entered, or while the key is
    not usable, which is logged. Raises Unavailable, NotYet, Stale."""
    store = ports.store
    if why := await certified.why_not(store, key):
        log.error("%s", why)
        return
    if await certified.all_entered(store, key):
        return
    revoked = {one.body["body"] async for one in every_record(store, WindUp.KIND)}
    count = 0
    async for roster in repository.every(store, Roster, {"state": APPROVED}, sort="path"):
        if await certified.is_entered(store, key, roster.id):
            continue
        if roster.body in revoked:
            await _note_if_voided(ports, roster.id)
        await certifying.enter(store, key, roster)
        await certified.note_entered(store, key, roster.id)
        count += 1
    await certified.note_all_entered(store, key)
    log.info("%d rosters that were approved before are entered among the certified", count)


async def _note_if_voided(ports: Ports, roster: str) -> None:
    """Nobody told reporting of it before it was asked for. Raises Unavailable, NotYet."""
    with contextlib.suppress(NotFound):  # the certificates are still to be made
        production = await ports.neighbours.get("certificate", f"/productions/{roster}", ProductionState)
        if production.state == "voided":
            await certified.note_voided(ports.store, roster, "")
