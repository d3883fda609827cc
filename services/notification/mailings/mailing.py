"""A mailing: one letter to one address because of one fact. Its id is computed from these three."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from shared.actor import Actor
from shared.contracts.notification import MailingFailed, MailingPlanned
from shared.keeping.aggregate import Aggregate
from shared.trade.undelivered import FAILED, NO_SUCH_ADDRESS, NOT_ACCEPTING, Cause
from shared.words import Words

DUE, SENT, DELIVERED, SKIPPED = "due", "sent", "delivered", "skipped"
WAITS, GATHERED = "for_digest", "gathered"
REFUSED: Final = "refused"
"""Of earlier releases, which did not tell the causes apart, nor what was skipped. Read, shown and resent; entered no more."""
STATES = (DUE, SENT, DELIVERED, NO_SUCH_ADDRESS, NOT_ACCEPTING, FAILED, SKIPPED, WAITS, GATHERED, REFUSED)
GONE_WRONG = (NO_SUCH_ADDRESS, NOT_ACCEPTING, FAILED, REFUSED)

CANARY: Final = "canary"
"""The trial letter of each day, which no fact makes."""
BULK: Final = "bulk"
"""The lane of letters of which one fact, or one minute of the clock, makes very many."""
LADDER = (60, 300, 900, 1800, 3600, 7200, 14_400)
"""Seconds until a letter that was put off comes again: after the first time, the second, …; it stays at the last."""
GIVEN_UP_AFTER = timedelta(hours=72)
"""From the first try on: after that a letter that was put off every time has failed."""


class Mailing(Aggregate):
    """due, sent: what clerks read as planned and handed over. They keep the names they have had in stored letters and in the
    interface since the first release."""

    KIND: ClassVar[str] = "mailing"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "mailing",
        ("信函", "letter"),
        states={
            DUE: ("待发", "planned, and not handed over yet"),
            SENT: ("已交邮", "handed over to the mail server"),
            DELIVERED: ("已送达", "delivered, as the receiving server reported"),
            NO_SUCH_ADDRESS: ("收信地址不存在", "at an address that does not exist"),
            NOT_ACCEPTING: ("收信邮箱拒收", "at a mailbox that takes nothing"),
            FAILED: ("技术原因未送达", "not delivered for a technical reason"),
            SKIPPED: ("未寄发", "skipped on purpose"),
            WAITS: ("待汇总", "waiting for the digest of its day"),
            GATHERED: ("已汇总", "told by a digest"),
            REFUSED: ("被拒收（早期记载）", "refused, as an earlier release recorded it"),
        },
        verbs={
            "send": ("记为已交邮", "recorded as handed over"),
            "deliver": ("记为已送达", "recorded as delivered"),
            "put_off": ("延后", "put off"),
            "fail": ("记为未送达", "recorded as undelivered"),
            "skip": ("记为未寄发", "skipped"),
            "gather": ("汇总", "gathered into a digest"),
            "resend": ("重新寄发", "sent anew"),
            "ask_again": ("再次寄发", "tried again"),
        },
    )
    NEXT: ClassVar[dict[str, str]] = {
        DUE: "系统会自动寄发 · it goes out by itself",
        SENT: "已交邮，如有退信会自动登记 · a bounce is recorded by itself",
    }

    state: str = DUE
    letter: str
    to: str
    to_name: str
    recipient: str = ""  # code of the body that is written to; empty for people, and in earlier releases
    deputy: bool = False  # whether it goes to the deputy whom that body names
    body: str  # the body concerned, for the list of an officer
    path: str
    office: str = ""  # the body that gets it, where it goes to one; none in what earlier releases planned
    office_path: str = ""
    subject_of: str  # id of what the letter is about
    fact: str
    values: dict[str, Any]
    planned_at: datetime
    lane: str = ""
    attempt: int = 1  # one more for each resending
    tries: int = 0  # how often it was put off, in this attempt
    first_tried_at: datetime | None = None
    next_at: datetime | None = None  # when one that was put off is tried again
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    refused_at: datetime | None = None  # when it failed, or was skipped; none in what release 0.1 refused
    refused_because: str = ""  # why it failed, was skipped or was put off last
    unsubscribe: str = (
        ""  # secret of the address that unsubscribes from this kind of letter; empty for those that are duty
    )
    digest_on: date | None = None  # first working day in China whose digest may tell it
    digest: str = ""  # the digest that told it, or that decided that it goes by itself

    def plan(self) -> None:
        self._note_planned(self.planned_at)

    @property
    def message_id(self) -> str:
        """Before the @. The same for each repeat of an attempt, so that whoever gets two sees that they are one; a resending
        has another, for mail servers drop what they believe to know already."""
        return self.id if self.attempt == 1 else f"{self.id}.{self.attempt}"

    # --- the post ---------------------------------------------------------------------------------------------------------

    def wait_for_digest(self, on: date) -> None:
        """Instead of `plan`: it goes out with the others of that day."""
        self.state, self.digest_on = WAITS, on

    def gather(self, digest: str, at: datetime, *, alone: bool) -> None:
        """The digest of its day was made up. alone: it is the only one, and goes out itself, in the lane of digests, for there is
        one for every mailbox in the same minutes. Raises WrongState."""
        self.only_when("gather", WAITS)
        self.digest = digest
        self.state = DUE if alone else GATHERED
        if alone:
            self.lane = BULK
            self._note_planned(at)

    def wait_longer(self, on: date) -> None:
        """It came while the digest of the day was made up already. Raises WrongState."""
        self.only_when("gather", WAITS)
        self.digest_on = on

    def send(self, at: datetime) -> None:
        """The post took it. No entry in the history: `sent_at` says when. Raises WrongState."""
        self.only_when("send", DUE)
        self.state, self.sent_at, self.next_at, self.refused_because = SENT, at, None, ""
        self._forget_the_link()

    def deliver(self, at: datetime) -> None:
        """A report says that the mailbox has it. Raises WrongState."""
        self.only_when("deliver", SENT)
        self.state, self.delivered_at = DELIVERED, at

    def put_off(self, reason: str, cause: Cause, at: datetime, wait: float = 0) -> None:
        """The post does not take it now. wait: seconds of our own restraint, which count as no try; 0: what the ladder says.
        After 72 hours it has failed. Raises WrongState."""
        self.only_when("put_off", DUE)
        if wait:
            self.next_at = _on_the_second(at + timedelta(seconds=wait))
            return
        self.first_tried_at = self.first_tried_at or at
        end = self.first_tried_at + GIVEN_UP_AFTER
        if at >= end:
            self.fail(reason, cause, at)
            return
        pause = LADDER[min(self.tries, len(LADDER) - 1)]
        self.tries += 1
        # The last try is at the very end, however the ladder stands then.
        self.next_at, self.refused_because = _on_the_second(min(at + timedelta(seconds=pause), end)), reason

    def ask_again(self, at: datetime) -> None:
        """The time has come at which a letter that was put off is tried again. Raises WrongState."""
        self.only_when("ask_again", DUE)
        self.next_at = None
        self._note_planned(at)

    def fail(self, reason: str, cause: Cause, at: datetime) -> None:
        """It will never arrive, says the post or, later, a bounce. Raises WrongState."""
        self.only_when("fail", DUE, SENT)
        self._end(cause, reason, at)
        self.note(
            MailingFailed(mailing=self.id, letter=self.letter, body=self.body, path=self.path, cause=cause),
            at,
        )

    def skip(self, reason: str, at: datetime) -> None:
        """Nobody wants it, or waits for it, any more. Raises WrongState."""
        self.only_when("skip", DUE)
        self._end(SKIPPED, reason, at)

    # --- officers ---------------------------------------------------------------------------------------------------------

    def resend(self, by: Actor, to: str, at: datetime) -> None:
        """Once more from the beginning, after somebody saw to it. to: the recipient's address of today. Raises WrongState."""
        self.only_when("resend", *GONE_WRONG)
        self.move("resend", DUE, by, at)
        self.to = to
        self.attempt += 1
        self.tries, self.first_tried_at, self.next_at, self.sent_at = 0, None, None, None
        self.refused_at, self.refused_because = None, ""
        self._note_planned(at)

    # ----------------------------------------------------------------------------------------------------------------------

    def _note_planned(self, at: datetime) -> None:
        self.note(MailingPlanned(mailing=self.id, letter=self.letter), at, lane=self.lane)

    def _end(self, state: str, reason: str, at: datetime) -> None:
        self.state, self.refused_because, self.refused_at, self.next_at = state, reason, at, None
        self._forget_the_link()

    def _forget_the_link(self) -> None:
        """A link to a new password opens an account. Nobody stores one here any more; releases before did until the letter was
        gone."""
        self.values.pop("link", None)


def _on_the_second(at: datetime) -> datetime:
    """Rounded up: as text, in which a database compares them, only whole seconds stand in their order."""
    whole = at.replace(microsecond=0)
    return whole if whole == at else whole + timedelta(seconds=1)
