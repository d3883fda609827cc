"""Facts of the notification service."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.envelope import Fact


class MailingPlanned(Fact):
    """One letter to one address is due. The address stays in the mailing; the bus carries its id only."""

    TYPE: ClassVar[str] = "mailing.planned.v1"
    mailing: str
    letter: str


FACTS: tuple[type[Fact], ...] = (MailingPlanned,)
