"""A batch: at most 200 certificates of one roster page, drawn as one print file."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from services.certificate.production.production import MAKERS
from shared.actor import Actor
from shared.contracts.certificate import BatchNumbered, BatchProduced
from shared.keeping.aggregate import Aggregate
from shared.words import Words

NUMBERED, PRODUCED, VOIDED = "numbered", "produced", "voided"

_COMPLETE = ("已全部绘制，没有缺字的证书", "is complete, no font lacked a character,")


class RefusedCertificate(BaseModel):
    """Left out of the print file: some character is in no font. It keeps its number."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    certificate: str
    number: str
    characters: list[str]


class Batch(Aggregate):
    KIND: ClassVar[str] = "batch"
    SOURCE: ClassVar[str] = "/certificate"
    WORDS: ClassVar[Words] = Words(
        "batch",
        ("打印批", "batch"),
        states={
            NUMBERED: ("已编号，待绘制", "numbered and waits to be drawn"),
            PRODUCED: ("已绘制", "drawn"),
            VOIDED: ("已作废", "void"),
        },
        verbs={
            "produce": ("绘制", "drawn"),
            "redraw": ("重新绘制", "drawn again"),
            "void": ("作废", "made void"),
        },
    )

    state: str = NUMBERED
    roster: str
    page: int
    path: str
    producer: str
    certificates: int
    drawing: int = 1
    drawn: int = 0
    refused: list[RefusedCertificate] = Field(default_factory=list)
    print_files: list[str] = Field(default_factory=list)  # one per drawing that drew something
    numbered_at: datetime
    without_email: int | None = None  # holders without an address; none where an earlier release numbered it

    def ask_for_drawing(self, at: datetime, lanes: frozenset[str]) -> None:
        """Note that it waits to be drawn, on its producer's own queue where there is one (`lanes`)."""
        fact = BatchNumbered(
            batch=self.id,
            roster=self.roster,
            producer=self.producer,
            certificates=self.certificates,
            drawing=self.drawing,
        )
        self.note(fact, at, lane=self.producer if self.producer in lanes else "")

    def wants(self, certificate: str) -> bool:
        """Whether this drawing is to draw it: all at first, later only what was left out before, so that nobody's sheet
        is printed twice."""
        return self.drawing == 1 or any(one.certificate == certificate for one in self.refused)

    def has_drawn(self, certificate: str) -> bool:
        """Also while a redraw of others is under way."""
        drawn_once = self.drawing > 1 or self.state == PRODUCED
        return drawn_once and all(one.certificate != certificate for one in self.refused)

    def produce(self, print_file: str, drawn: int, refused: list[RefusedCertificate], at: datetime) -> None:
        """drawn: pages of `print_file`, which is empty when nothing could be drawn."""
        self.only_when("produce", NUMBERED)
        self.state, self.drawn, self.refused = PRODUCED, self.drawn + drawn, refused
        self.print_files += [print_file] if print_file else []
        fact = BatchProduced(
            batch=self.id,
            roster=self.roster,
            producer=self.producer,
            drawn=drawn,
            refused=len(refused),
            print_file=print_file or None,
        )
        self.note(fact, at)

    def void(self, by: Actor, at: datetime, reason: str) -> bool:
        """Its production was voided: nobody draws it. False: it was drawn, or voided, already."""
        if self.state != NUMBERED:
            return False
        self.move("void", VOIDED, by, at, reason)
        return True

    def redraw(self, by: Actor, at: datetime, lanes: frozenset[str], reason: str = "") -> None:
        """Draw again what was refused, after the missing font was installed. Raises NotAllowed, WrongState."""
        by.must_be(*MAKERS)
        by.must_sit_at(self.producer)
        self.only_when("redraw", PRODUCED)
        if not self.refused:
            raise self.wrong_state("redraw", "无须再办 · there is nothing to do", found=_COMPLETE)
        self.drawing += 1
        self.numbered_at = at
        self.move("redraw", NUMBERED, by, at, reason)
        self.ask_for_drawing(at, lanes)
