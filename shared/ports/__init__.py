"""What the house needs from the world. The settings' URLs choose the adapters.

Every adapter keeps the promises written here; `tests/contract/` holds each of them to it with one file per port.
"""

from shared.ports.bus import Again, Bus, Delivery, Done, Fate, Handle, Park
from shared.ports.clock import Clock
from shared.ports.every import every_page, every_record
from shared.ports.files import Draft, Files, StoredFile
from shared.ports.identity_provider import Identification, IdentityProvider
from shared.ports.mailer import Mailer, PutOff, ReadyLetter, Undeliverable
from shared.ports.neighbours import Neighbours
from shared.ports.others.branches import Branches, Pushed
from shared.ports.others.interfaces import Flow, Interfaces, Question, Reply
from shared.ports.others.receivers import Answered, Receivers
from shared.ports.quarantine import Perished, Quarantine, Work
from shared.ports.store import GET_TOGETHER, Kind, Outgoing, Page, Record, Store, Value, Waiting
from shared.ports.tokens import Tokens
from shared.ports.workshop import Workshop

__all__ = [
    "GET_TOGETHER",
    "Again",
    "Answered",
    "Branches",
    "Bus",
    "Clock",
    "Delivery",
    "Done",
    "Draft",
    "Fate",
    "Files",
    "Flow",
    "Handle",
    "Identification",
    "IdentityProvider",
    "Interfaces",
    "Kind",
    "Mailer",
    "Neighbours",
    "Outgoing",
    "Page",
    "Park",
    "Perished",
    "Pushed",
    "PutOff",
    "Quarantine",
    "Question",
    "ReadyLetter",
    "Receivers",
    "Record",
    "Reply",
    "Store",
    "StoredFile",
    "Tokens",
    "Undeliverable",
    "Value",
    "Waiting",
    "Work",
    "Workshop",
    "every_page",
    "every_record",
]
