"""Events in → letters."""

from __future__ import annotations

from collections.abc import Mapping

from services.notification.letters.letter import LetterWriter
from services.notification.mailings.usecases import delivering, planning
from services.notification.settings import NotificationSettings
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.notification import MailingPlanned
from shared.house import House
from shared.keeping import local_copies
from shared.messaging.worker import Handlers


def handlers(house: House) -> Mapping[str, Handlers]:
    writer = LetterWriter(house.register.templates.values())
    sender = house.settings.of(NotificationSettings).mail_from

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(house.store, BodyRegistered, envelope)

    async def on_fact(envelope: Envelope) -> None:
        """Before the body's registration arrived: NotYet, so it waits. Repeats compute the same mailings."""
        await planning.plan_letters(house, envelope)

    async def on_mailing_planned(envelope: Envelope) -> None:
        """The mailing was stored with this very fact, so it is there; sent ones are left alone."""
        mailing = MailingPlanned.from_data(envelope.data).mailing
        await delivering.deliver(house.store, house.clock, house.mailer, writer, sender, mailing)

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "plan": dict.fromkeys(house.register.letters, on_fact),
        "deliver": {MailingPlanned.TYPE: on_mailing_planned},
    }
