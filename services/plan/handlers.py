"""Events in: planning keeps local copies of the bodies, closes reported sessions, and winds up revoked bodies."""

from __future__ import annotations

from collections.abc import Mapping

from services.plan import windup
from services.plan.duties.annual_plan import key_of as annual_plan_key
from services.plan.duties.duty import ANNUAL_PLAN, FORM_TYPES, ROWS
from services.plan.duties.watching import duties
from services.plan.session_plans import usecases as session_plans
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.reporting import RosterApproved
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.worker import Handlers
from shared.outside import Ports
from shared.procedure.duties.duty import Key
from shared.trade.deadline import local_day


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    store, keeper = ports.store, duties(ports)

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(store, BodyRegistered, envelope)

    async def on_roster_approved(envelope: Envelope) -> None:
        """The session plan was here before its roster. A repeat finds it closed; one that was cancelled or put
        off meanwhile comes back."""
        fact = RosterApproved.from_data(envelope.data)
        await session_plans.close(store, fact.session, ports.clock.now(), fact.held_on)

    async def on_sanction_confirmed(envelope: Envelope) -> None:
        """Only a revocation concerns plans. A repeat finds what was done."""
        fact = SanctionConfirmed.from_data(envelope.data)
        if fact.measure == "revocation":
            await windup.revoke(ports, fact)

    async def on_body(envelope: Envelope) -> None:
        """Licensed in the course of the year: it owes a plan too; with its licence gone it owes none, of any year."""
        body = BodyRegistered.from_data(envelope.data)
        await local_copies.keep(store, BodyRegistered, envelope)  # which may come here first
        await keeper.look_at(annual_plan_key(body.body, local_day(ports.clock.now()).year), ANNUAL_PLAN.what)
        await keeper.look_at_body(body.body)

    async def on_form(envelope: Envelope) -> None:
        """The document says how it stands, whatever the order in which its facts come."""
        noun = envelope.fact_type.partition(".")[0]
        key = Key(envelope.subject, str(envelope.data["body"]), str(envelope.data.get("year", "")))
        await keeper.look_at(key, *(row.what for row in ROWS if row.what.startswith(noun)))

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "duties": {BodyRegistered.TYPE: on_body, **dict.fromkeys(FORM_TYPES, on_form)},
        "closing": {RosterApproved.TYPE: on_roster_approved},
        "windup": {SanctionConfirmed.TYPE: on_sanction_confirmed},
    }
