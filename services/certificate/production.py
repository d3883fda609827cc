"""The production of one approved roster: from its numbers to the parcel (R4.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from shared.actor import Actor, Role
from shared.aggregate import Aggregate
from shared.contracts.certificate import CertificatesMailed, CertificatesReady
from shared.errors import Invalid
from shared.ports import Kind

MAKING, READY, MAILED = "making", "ready", "mailed"
STATES = (MAKING, READY, MAILED)


class Production(Aggregate):
    KIND: ClassVar[str] = "production"
    SOURCE: ClassVar[str] = "/certificate"

    state: str = MAKING
    body: str
    path: str
    producer: str
    approved_on: date
    certificates: int
    batches: int
    refused: int = 0
    carrier: str = ""
    parcel: str = ""
    ready_at: datetime | None = None

    def ready(self, refused: int, at: datetime) -> bool:
        """Every batch is drawn. False: known already, also after a redraw."""
        if self.state != MAKING:
            return False
        self.state, self.refused, self.ready_at = READY, refused, at
        fact = CertificatesReady(
            roster=self.id,
            body=self.body,
            path=self.path,
            producer=self.producer,
            certificates=self.certificates,
            refused=refused,
            batches=self.batches,
        )
        self.note(fact, at)
        return True

    def redrawn(self, refused: int) -> bool:
        """Fewer are left out after a redraw. False: nothing changed."""
        if self.state == MAKING or self.refused == refused:
            return False
        self.refused = refused
        return True

    def mail(self, by: Actor, at: datetime, carrier: str, parcel: str) -> None:
        """寄发: the producing body posted the parcel. A second scan is refused by the state."""
        self.only_when("mail", READY)
        by.must_be(Role.CENTRE_CLERK, Role.CENTRE_APPROVER, Role.BRANCH_OFFICER)
        by.must_sit_at(self.producer)
        if self.certificates == self.refused:
            raise Invalid("没有已绘制的证书可寄 · no certificate is drawn yet: there is nothing to post")
        self.carrier, self.parcel = carrier, parcel
        self.move("mail", MAILED, by, at)
        fact = CertificatesMailed(
            roster=self.id,
            body=self.body,
            path=self.path,
            producer=self.producer,
            certificates=self.certificates - self.refused,
            carrier=carrier,
            parcel=parcel,
        )
        self.note(fact, at)


KIND = Kind(Production.KIND, indexes=(("path",),))
