"""The production of one approved roster: from its numbers to the parcel (R4.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from shared.actor import Actor
from shared.contracts.certificate import CertificatesMailed, CertificatesReady, CertificatesVoided, ProductionReceived
from shared.errors import Invalid
from shared.keeping.aggregate import Aggregate
from shared.trade.roles import Role
from shared.words import Words

MAKING, READY, MAILED, RECEIVED, VOIDED = "making", "ready", "mailed", "received", "voided"
STATES = (MAKING, READY, MAILED, RECEIVED, VOIDED)
POSTED = (MAILED, RECEIVED)
"""States in which its certificates are issued."""
OPEN = (MAKING, READY)
"""States in which its certificates are not issued: it may still be finished or voided."""

MAKERS = (Role.CENTRE_CLERK, Role.BRANCH_OFFICER)
"""Who prints and posts: never the Centre's approver, who approved the roster (rules §8)."""

POSTERS = (*MAKERS, Role.BRANCH_SYSTEM)
"""A branch centre's own software enters the parcel, where it prints and packs. What is drawn again, people decide."""

RECEIVERS = (Role.STATION_CLERK, Role.STATION_HEAD)
"""Who opens the parcel and counts, at the body that appraised."""


class Production(Aggregate):
    KIND: ClassVar[str] = "production"
    SOURCE: ClassVar[str] = "/certificate"
    WORDS: ClassVar[Words] = Words(
        "production",
        ("名册的证书制作", "production of roster"),
        states={
            MAKING: ("正在制作", "being made"),
            READY: ("待寄发", "ready to be posted"),
            MAILED: ("已寄发", "posted"),
            RECEIVED: ("已收到", "received"),
            VOIDED: ("已作废", "void"),
        },
        verbs={
            "mail": ("寄发", "posted"),
            "receive": ("登记收到", "entered as received"),
            "redraw": ("重新绘制", "drawn again"),
            "print": ("打印", "printed"),
            "give_back": ("出具附表六", "given back as form 6"),
            "finish": ("继续办完", "finished"),
            "void": ("作废", "made void"),
        },
    )

    state: str = MAKING
    body: str
    path: str
    producer: str
    approved_on: date
    session: str = ""  # this, held_on and branch_zh: not in productions of releases that gave no filled form back
    held_on: date | None = None
    branch_zh: str = ""  # name that day of the branch centre between the body and the Centre, if there is one
    certificates: int
    batches: int
    refused: int = 0
    left_out: list[str] = Field(default_factory=list)  # ids of certificates no font can draw (yet)
    carrier: str = ""
    parcel: str = ""
    ready_at: datetime | None = None
    without_email: int | None = None  # holders without an address; none where an earlier release made them
    received: int | None = None  # certificates in the parcel, as its receiver counted them

    @property
    def sent(self) -> int:
        """Certificates in the parcel, or that would be if it were posted now."""
        return self.certificates - self.refused

    @property
    def mailed_at(self) -> datetime | None:
        """When the parcel was posted; None: it is not yet."""
        return self._when("mail")

    @property
    def received_at(self) -> datetime | None:
        return self._when("receive")

    @property
    def has_to_be_finished(self) -> bool:
        """The winding-up of its body let it go on."""
        return self._when("finish") is not None

    def _when(self, verb: str) -> datetime | None:
        return next((entry.at for entry in reversed(self.history) if entry.verb == verb), None)

    def mark_ready(self, left_out: list[str], at: datetime, without_email: int | None = None) -> bool:
        """Every batch is drawn. without_email: holders without an address. False: known already, also after a redraw."""
        if self.state != MAKING:
            return False
        self.state, self.ready_at, self.without_email = READY, at, without_email
        self.left_out, self.refused = left_out, len(left_out)
        fact = CertificatesReady(
            roster=self.id,
            body=self.body,
            path=self.path,
            producer=self.producer,
            certificates=self.certificates,
            refused=self.refused,
            batches=self.batches,
        )
        self.note(fact, at)
        return True

    def take_redraw(self, left_out: list[str]) -> bool:
        """Fewer are left out after a redraw. False: nothing changed. What a posted parcel lacked is settled for ever."""
        if self.state != READY or self.left_out == left_out:
            return False
        self.left_out, self.refused = left_out, len(left_out)
        return True

    def may_be_posted(self, by: Actor) -> None:
        """Raises WrongState, NotAllowed, Invalid (nothing is drawn)."""
        self.only_when("mail", READY)
        by.must_be(*POSTERS)
        by.must_sit_at(self.producer)
        if self.certificates == self.refused:
            raise Invalid("没有已绘制的证书可寄 · no certificate is drawn yet: there is nothing to post")

    def post_parcel(self, by: Actor, at: datetime, carrier: str, parcel: str) -> None:
        """寄发: the producing body posted the parcel. A second scan is refused by the state."""
        self.may_be_posted(by)
        self.carrier, self.parcel = carrier, parcel
        self.move("mail", MAILED, by, at)
        fact = CertificatesMailed(
            roster=self.id,
            body=self.body,
            path=self.path,
            producer=self.producer,
            certificates=self.sent,
            carrier=carrier,
            parcel=parcel,
            without_email=self.without_email,
        )
        self.note(fact, at)

    def may_be_received(self, by: Actor) -> None:
        """Raises WrongState (also once it was), NotAllowed."""
        self.only_when("receive", MAILED)
        by.must_be(*RECEIVERS)
        by.must_sit_at(self.body)

    def receive(self, by: Actor, at: datetime, certificates: int) -> None:
        """收到: the appraising body counted what was in the parcel. certificates: how many there were, which need not be as
        many as were posted: then whoever posted them is told. Raises WrongState (also the second time), NotAllowed."""
        self.may_be_received(by)
        self.received = certificates
        sent = self.sent
        complete = certificates == sent
        differs = f"寄出 {sent} 份，收到 {certificates} 份 · {sent} were posted, {certificates} received"
        self.move("receive", RECEIVED, by, at, "" if complete else differs)
        fact = ProductionReceived(
            roster=self.id,
            body=self.body,
            path=self.path,
            producer=self.producer,
            sent=sent,
            received=certificates,
            complete=complete,
        )
        self.note(fact, at)

    @property
    def not_written_to(self) -> frozenset[str]:
        """Certificates whose holders a letter about them passes by: those that no font could draw are not in the parcel. Once
        all are void nobody is left out, as they passed as well and wait for one."""
        return frozenset() if self.state == VOIDED else frozenset(self.left_out)

    # --- winding up a revoked body (rules §4.9) ---

    def finish(self, by: Actor, at: datetime, reason: str) -> None:
        """It may be made and posted. Raises WrongState."""
        self.only_when("finish", *OPEN)
        self.move("finish", self.state, by, at, reason)

    def void(self, by: Actor, at: datetime, reason: str, sanction: str) -> None:
        """作废, all its certificates at once, before any of them was posted. Their numbers are never used again.

        Raises WrongState."""
        self.only_when("void", *OPEN)
        self.move("void", VOIDED, by, at, reason)
        fact = CertificatesVoided(
            roster=self.id,
            body=self.body,
            path=self.path,
            producer=self.producer,
            certificates=self.certificates,
            sanction=sanction,
        )
        self.note(fact, at)
