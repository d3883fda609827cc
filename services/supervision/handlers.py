"""Events in → use cases of supervision."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from services.supervision.duties import work_report
from services.supervision.duties.duty import (
    INSPECTION_TYPES,
    RECTIFICATION,
    REPORT_TYPES,
    ROWS,
    SANCTION_TYPES,
    WORK_REPORT,
)
from services.supervision.duties.watching import duties
from services.supervision.figures import storage as counting
from services.supervision.figures.quarter import Quarter
from services.supervision.sanctions.sanction import DIFFERS
from services.supervision.sanctions.usecases import ladder, winding_up
from services.supervision.violations import usecases as violations
from shared.contracts.certificate import CertificatesMailed, CertificateWindUpDone
from shared.contracts.directory import BodyRegistered, BodyStandingChanged, DirectoryWindUpDone
from shared.contracts.envelope import Envelope
from shared.contracts.plan import (
    PlanWindUpDone,
    SessionPlanApproved,
    SessionPlanCancelled,
    SessionPlanPostponed,
    SessionPlanReturned,
    SessionPlanVoided,
)
from shared.contracts.reporting import ForeignNumberFound, ReportingWindUpDone, RosterApproved, RosterReturned
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.worker import Handlers
from shared.outside import Ports
from shared.procedure.duties.duty import Key

log = logging.getLogger(__name__)

RECORDED = (
    SessionPlanApproved,
    SessionPlanPostponed,
    SessionPlanCancelled,
    SessionPlanReturned,
    SessionPlanVoided,
    RosterApproved,
    RosterReturned,
    CertificatesMailed,
)

_PARTS = {
    DirectoryWindUpDone.TYPE: "directory",
    PlanWindUpDone.TYPE: "plan",
    ReportingWindUpDone.TYPE: "reporting",
    CertificateWindUpDone.TYPE: "certificate",
}


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    keeper = duties(ports)

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(ports.store, BodyRegistered, envelope)

    async def on_recorded(envelope: Envelope) -> None:
        """One document per fact, so repeats and order make no difference."""
        await counting.keep(ports.store, envelope)

    async def on_foreign_number_found(envelope: Envelope) -> None:
        """A repeat computes the same violation and finds it there, decided or not."""
        await violations.raise_found(ports.store, ports.clock, ForeignNumberFound.from_data(envelope.data))

    async def on_sanction_confirmed(envelope: Envelope) -> None:
        """Our own fact: the milder measure before it ends. A repeat finds none."""
        await ladder.supersede(ports.store, ports.clock, SanctionConfirmed.from_data(envelope.data).sanction)

    async def on_body_standing_changed(envelope: Envelope) -> None:
        """What a sanction did to the body. What the directory's officers do concerns none. A repeat finds it taken."""
        fact = BodyStandingChanged.from_data(envelope.data)
        if fact.sanction:
            await ladder.take_standing(ports.store, ports.clock, fact)

    async def on_windup_done(envelope: Envelope) -> None:
        """The sanction was there before the service could fetch its orders. A repeat finds its result taken."""
        service, sanction = _PARTS[envelope.fact_type], str(envelope.data["sanction"])
        known = await winding_up.take_result(ports.store, ports.clock, ports.neighbours, service, sanction)
        if known.state == DIFFERS:
            log.error("sanction %s did not do what it showed: %d items differ", known.id, len(known.differs_in))

    async def on_body(envelope: Envelope) -> None:
        """Licensed, suspended or gone: it owes a report on the quarter that ended last, or owes it no more."""
        await local_copies.keep(ports.store, BodyRegistered, envelope)  # which may come here first
        quarter = Quarter.at(ports.clock.now()).before
        await keeper.look_at(work_report.key_of(envelope.subject, quarter), WORK_REPORT.what)
        await keeper.look_at_body(envelope.subject)

    async def on_report(envelope: Envelope) -> None:
        """The document says how it stands, whatever the order in which its facts come."""
        key = Key(envelope.subject, str(envelope.data["body"]), str(envelope.data["quarter"]))
        await keeper.look_at(key, *(row.what for row in ROWS if row is not RECTIFICATION))

    async def on_what_orders_rectification(envelope: Envelope) -> None:
        await keeper.look_at(Key(envelope.subject, str(envelope.data["body"])), RECTIFICATION.what)

    return {
        "duties": {
            BodyRegistered.TYPE: on_body,
            **dict.fromkeys(REPORT_TYPES, on_report),
            **dict.fromkeys((*INSPECTION_TYPES, *SANCTION_TYPES), on_what_orders_rectification),
        },
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "numbers": {ForeignNumberFound.TYPE: on_foreign_number_found},
        "ladder": {SanctionConfirmed.TYPE: on_sanction_confirmed, BodyStandingChanged.TYPE: on_body_standing_changed},
        "windup": dict.fromkeys(_PARTS, on_windup_done),
        "records": {fact.TYPE: on_recorded for fact in RECORDED},
    }
