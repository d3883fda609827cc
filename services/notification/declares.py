"""What notification keeps, publishes, takes, can be told, and may be asked; and the letters of the way that all forms go."""

from __future__ import annotations

from pathlib import Path

from services.notification.access import ACCESS
from services.notification.bounces import storage as bounces
from services.notification.bounces.bounce import Bounce
from services.notification.calendars import usecases as calendars
from services.notification.calendars.calendar import Calendar
from services.notification.contacts.contact import Contact
from services.notification.digests.digest import Digest
from services.notification.feeds import storage as feeds
from services.notification.mailings.mailing import BULK, Mailing
from services.notification.queues import storage as queues
from services.notification.queues.queue import BranchQueue
from services.notification.radar import storage as radar
from services.notification.settings import NotificationSettings
from services.notification.unsubscriptions.unsubscription import Unsubscription
from services.notification.webhooks import storage as webhooks
from services.notification.webhooks.webhook import Webhook
from shared.contracts import notification
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.messaging.topology import Queue
from shared.ports import Kind
from shared.register.declaration import Declaration
from shared.register.letters import Letter

KINDS: tuple[Kind, ...] = (
    Kind(
        Mailing.KIND,
        indexes=(
            ("path",),
            ("subject_of", "path"),
            ("state", "path"),
            ("state", "next_at"),
            ("state", "lane", "next_at"),
            ("to", "sent_at"),
            ("state", "digest_on"),
        ),
        follows=True,
    ),
    Kind(Contact.KIND, indexes=(("state", "path"), ("path",)), follows=True),
    Kind(Unsubscription.KIND),
    Kind(Bounce.KIND, indexes=(("state",),)),
    bounces.POSITION,
    Kind(Digest.KIND, indexes=(("state",),), follows=True),
    *feeds.KINDS,
    # It follows its body: nobody is kept from striking that off by the address of its software.
    Kind(Webhook.KIND, indexes=(("path",), ("state", "path"), ("body", "state")), follows=True),
    webhooks.PROGRESS,
    Kind(BranchQueue.KIND, indexes=(("path",), ("state", "path")), follows=True),
    queues.PROGRESS,
    queues.TURN,
    radar.RADAR,
    calendars.KIND,
    *local_copies.kinds(BodyRegistered),
)

DECLARED = Declaration(
    service="notification",
    kinds=KINDS,
    words=(
        Mailing.WORDS,
        Digest.WORDS,
        Contact.WORDS,
        Bounce.WORDS,
        Unsubscription.WORDS,
        Webhook.WORDS,
        BranchQueue.WORDS,
        Calendar.WORDS,
    ),
    facts=notification.FACTS,
    access=ACCESS,
    queues=(
        Queue("notification", "copies", (BodyRegistered.TYPE,), prefetch=20),
        # Planning very many takes minutes: who waits for one letter has a queue that nothing of it ever stands in.
        Queue("notification", "plan_single", (), prefetch=10, makes_letters="single"),
        Queue("notification", "plan", (), prefetch=4, makes_letters="bulk"),
        Queue("notification", "feed", (), prefetch=200, fills_feeds=True, in_order=True),
        Queue("notification", "radar", (), prefetch=50, fills_radar=True),
        # More of them share a commit, but each waits for one of few SMTP sessions: even where every answer takes the mailer's
        # whole patience, the last of twenty is through within the worker's time limit.
        Queue("notification", "deliver", (notification.MailingPlanned.TYPE,), prefetch=20),
        # What one fact makes very many of has a queue of its own, and fewer of the sessions: nobody waits behind it.
        Queue("notification", "deliver", (notification.MailingPlanned.TYPE,), prefetch=20, lane=BULK),
        Queue("notification", "contacts", (notification.MailingFailed.TYPE, BodyRegistered.TYPE), prefetch=20),
    ),
    letters=({notification.WebhookFailing.TYPE: (Letter("webhook-failing", "body"),)},),
    titles={"webhook": ("推送地址", "Webhook")},
    templates=Path(__file__).parent / "letters" / "templates",
    settings=NotificationSettings,
)
