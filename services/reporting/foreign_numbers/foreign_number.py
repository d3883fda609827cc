"""A certificate number without the industry mark that a station's workbook carried (R3): kept, and told to supervision.

The number itself is not kept: its institution says who issued it, and its id recognises it when it comes again.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from shared.actor import Actor
from shared.contracts.reporting import ForeignNumberFound
from shared.keeping import ids
from shared.keeping.aggregate import Aggregate
from shared.trade.numbers.certificate_number import ForeignNumber

FOUND = "found"


class ForeignNumberFind(Aggregate):
    """path, body: of the station whose workbook it was. session: the first one it came with."""

    KIND: ClassVar[str] = "foreign_number"
    SOURCE: ClassVar[str] = "/reporting"

    body: str
    path: str
    session: str
    institution: str
    masked: str

    @classmethod
    def of(
        cls, by: Actor, at: datetime, number: str, read: ForeignNumber, *, body: str, path: str, session: str
    ) -> ForeignNumberFind:
        found = cls(
            id=ids.foreign_number_id(body, number),
            state="",
            body=body,
            path=path,
            session=session,
            institution=read.institution,
            masked=read.masked,
        )
        found.move("present", FOUND, by, at)
        fact = ForeignNumberFound(
            find=found.id,
            body=found.body,
            path=found.path,
            session=found.session,
            institution=found.institution,
            masked=found.masked,
        )
        found.note(fact, at)
        return found
