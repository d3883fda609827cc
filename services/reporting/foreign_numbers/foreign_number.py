"""A certificate number without the industry mark that a station's workbook carried (R3): kept, and noted for supervision.

The number itself is not kept: its institution says who issued it, and its id recognises it when it comes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shared.actor import Actor
from shared.contracts.reporting import ForeignNumberFound
from shared.keeping import ids
from shared.keeping.aggregate import Aggregate
from shared.trade.numbers.certificate_number import ForeignNumber
from shared.words import Words

FOUND = "found"


@dataclass(frozen=True, slots=True)
class PresentedFor:
    """The roster that a workbook was presented for: its body, that body's path, and its session."""

    body: str
    path: str
    session: str


class ForeignNumberFind(Aggregate):
    """path, body: of the station whose workbook it was. session: the first one it came with."""

    KIND: ClassVar[str] = "foreign_number"
    SOURCE: ClassVar[str] = "/reporting"
    WORDS: ClassVar[Words] = Words(
        "foreign_number",
        ("外来证书编号线索", "find of a foreign number"),
        states={FOUND: ("已发现", "found")},
        verbs={"present": ("提出", "presented")},
    )

    body: str
    path: str
    session: str
    institution: str
    masked: str

    @classmethod
    def present(
        cls, by: Actor, at: datetime, number: str, read: ForeignNumber, presented: PresentedFor
    ) -> ForeignNumberFind:
        find = cls(
            id=ids.foreign_number_id(presented.body, number),
            state="",
            body=presented.body,
            path=presented.path,
            session=presented.session,
            institution=read.institution,
            masked=read.masked,
        )
        find.move("present", FOUND, by, at)
        fact = ForeignNumberFound(
            find=find.id,
            body=find.body,
            path=find.path,
            session=find.session,
            institution=find.institution,
            masked=find.masked,
        )
        find.note(fact, at)
        return find
