"""Facts of the notification service."""

from __future__ import annotations

from typing import Annotated, ClassVar

from typing_extensions import Doc

from shared.contracts.envelope import Fact


class MailingPlanned(Fact):
    """One letter to one address is due. The address stays in the mailing; the bus carries its id only."""

    TYPE: ClassVar[str] = "mailing.planned.v1"
    ABOUT: ClassVar[str] = (
        "应向一个地址寄出一封信函。地址只保存在寄信记录中。 · One letter to one address is due. The address "
        "itself stays in the mailing."
    )
    SUBJECT: ClassVar[str] = "寄信记录的编号 · id of the mailing"
    mailing: Annotated[str, Doc("寄信记录的编号 · id of the mailing")]
    letter: Annotated[str, Doc("信函的名称 · name of the letter")]


FACTS: tuple[type[Fact], ...] = (MailingPlanned,)
