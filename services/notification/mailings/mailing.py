"""A mailing: one letter to one address because of one fact. Its id is computed from these three."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from shared.contracts.notification import MailingPlanned
from shared.keeping.aggregate import Aggregate
from shared.words import Words

DUE, SENT, REFUSED = "due", "sent", "refused"
WAITS, GATHERED = "for_digest", "gathered"
STATES = (DUE, SENT, REFUSED, WAITS, GATHERED)


class Mailing(Aggregate):
    KIND: ClassVar[str] = "mailing"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "mailing",
        ("信函", "letter"),
        states={
            DUE: ("待发", "waiting to be sent"),
            SENT: ("已发出", "sent"),
            REFUSED: ("被拒收", "refused by the address"),
            WAITS: ("待汇总", "waiting for the digest of its day"),
            GATHERED: ("已汇总", "told by a digest"),
        },
        verbs={
            "send": ("发出", "sent"),
            "refuse": ("记为拒收", "recorded as refused"),
            "gather": ("汇总", "gathered into a digest"),
        },
    )

    state: str = DUE
    letter: str
    to: str
    to_name: str
    body: str  # the body concerned, for the list of an officer
    path: str
    office: str = ""  # the body that gets it, where it goes to one; none in what earlier releases planned
    office_path: str = ""
    subject_of: str  # id of what the letter is about
    fact: str
    values: dict[str, Any]
    planned_at: datetime
    sent_at: datetime | None = None
    refused_at: datetime | None = None  # none in what release 0.1 refused
    refused_because: str = ""
    digest_on: date | None = None  # first working day in China whose digest may tell it
    digest: str = ""  # the digest that told it, or that decided that it goes by itself

    def plan(self) -> None:
        self.note(MailingPlanned(mailing=self.id, letter=self.letter), self.planned_at)

    def wait_for_digest(self, on: date) -> None:
        """Instead of `plan`: it goes out with the others of that day."""
        self.state, self.digest_on = WAITS, on

    def gather(self, digest: str, at: datetime, *, alone: bool) -> None:
        """The digest of its day was made up. alone: it is the only one, and goes out itself. Raises WrongState."""
        self.only_when("gather", WAITS)
        self.digest = digest
        self.state = DUE if alone else GATHERED
        if alone:
            self.note(MailingPlanned(mailing=self.id, letter=self.letter), at)

    def wait_longer(self, on: date) -> None:
        """It came while the digest of the day was made up already. Raises WrongState."""
        self.only_when("gather", WAITS)
        self.digest_on = on

    def send(self, at: datetime) -> None:
        """The post took it. No entry in the history: a letter has one end, and `sent_at` says when. Raises WrongState."""
        self.only_when("send", DUE)
        self.state, self.sent_at = SENT, at
        self._forget_the_link()

    def refuse(self, reason: str, at: datetime) -> None:
        """The post says that this address will never take it (5xx): no retry, but visible. Raises WrongState."""
        self.only_when("refuse", DUE)
        self.state, self.refused_because, self.refused_at = REFUSED, reason, at
        self._forget_the_link()

    def _forget_the_link(self) -> None:
        """A link to a new password opens an account. Nobody stores one here any more; releases before did until the letter was
        gone."""
        self.values.pop("link", None)
