"""Facts of the notification service."""

from __future__ import annotations

from typing import Annotated, ClassVar

from typing_extensions import Doc

from shared.contracts.envelope import Fact


class MailingPlanned(Fact):
    """One letter to one address is due. The address stays in the mailing; the bus carries its id only."""

    TYPE: ClassVar[str] = "mailing.planned.v1"
    ABOUT: ClassVar[str] = "One letter to one address is due. The address itself stays in the mailing."
    SUBJECT: ClassVar[str] = "id of the mailing"
    mailing: Annotated[str, Doc("id of the mailing")]
    letter: Annotated[str, Doc("name of the letter")]


FACTS: tuple[type[Fact], ...] = (MailingPlanned,)
