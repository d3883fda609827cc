"""Events in → letters, entries of feeds, rows of the radar."""

from __future__ import annotations

from collections.abc import Mapping

from services.notification.contacts import usecases as contacts
from services.notification.feeds.usecases.writing import FeedWriter
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.usecases import delivering, planning
from services.notification.radar import storage as radar
from services.notification.settings import NotificationSettings
from shared.contracts.directory import BodyRegistered
from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import Envelope
from shared.contracts.notification import MailingFailed, MailingPlanned
from shared.keeping import local_copies
from shared.messaging.worker import Handlers
from shared.outside import Ports


def handlers(ports: Ports, feeds: FeedWriter) -> Mapping[str, Handlers]:
    writer = LetterWriter(ports.register.templates.values())
    own = ports.settings.of(NotificationSettings)

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(ports.store, BodyRegistered, envelope)

    async def on_fact_of_one(envelope: Envelope) -> None:
        """Its single letters. Before the body's registration arrived: NotYet, so it waits. Repeats compute the same
        mailings."""
        await planning.plan_letters(ports, envelope, single=True)

    async def on_fact_of_many(envelope: Envelope) -> None:
        """All of its letters, for an earlier release may have left it in this queue, which was the only one then: those that
        the other queue planned are there already."""
        await planning.plan_letters(ports, envelope)

    async def on_what_is_read(envelope: Envelope) -> None:
        """An entry for everybody who may read of it; repeats find it there."""
        await feeds.write(ports.register.facts[envelope.fact_type], envelope)

    async def on_duty(envelope: Envelope) -> None:
        """One row for each duty. Older than what is known, or `marked` before `opened`: it adds what it alone tells."""
        fact = ports.register.facts[envelope.fact_type].from_data(envelope.data)
        assert isinstance(fact, (DutyOpened, DutyReckoned, DutyMarked, DutySettled))
        await radar.keep(ports.store, envelope, fact)

    async def on_mailing_planned(envelope: Envelope) -> None:
        """The mailing was stored with this very fact, so it is there; sent ones are left alone."""
        mailing = MailingPlanned.from_data(envelope.data).mailing
        await delivering.deliver(ports, writer, own.mail_from, mailing, own.mail_reply_to)

    async def on_mailing_failed(envelope: Envelope) -> None:
        """The mailing was stored with this very fact. Older than what is known of the mailbox: dropped."""
        await contacts.heard_of_failure(ports.store, MailingFailed.from_data(envelope.data))

    async def on_mailbox(envelope: Envelope) -> None:
        """Kept as a copy first, so that whichever queue is faster, the mailbox is compared with the latest."""
        await local_copies.keep(ports.store, BodyRegistered, envelope)
        await contacts.heard_of_body(ports.store, envelope.subject)

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "feed": dict.fromkeys(ports.register.feed_types, on_what_is_read),
        "radar": dict.fromkeys(ports.register.duty_types, on_duty),
        "plan_single": dict.fromkeys(ports.register.letter_types(bulk=False), on_fact_of_one),
        "plan": dict.fromkeys(ports.register.letters, on_fact_of_many),
        "contacts": {MailingFailed.TYPE: on_mailing_failed, BodyRegistered.TYPE: on_mailbox},
        "deliver": {MailingPlanned.TYPE: on_mailing_planned},
    }
