"""Which lines stand on which page, and what is in which file. Every line is as high as every other, so that a page can be
drawn without those before it: a large form comes in several files, and each knows how many pages there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from services.certificate.filled_forms.filled_form import Volume

FULL: Final = 18  # lines of a page
LAST: Final = 10  # lines of a page that leaves room for the signatures and seals at the end of a volume
PAGES_PER_FILE: Final = 20  # of both copies that is 40 sheets: docs/decisions/0041, what the container has room for
LINES_PER_WORKBOOK: Final = 10_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of one volume that follow each other. first: number in the volume of the first of them."""

    volume: Volume
    first: int
    lines: int


@dataclass(frozen=True, slots=True)
class Page:
    """number: of the page in its volume, from 1."""

    stretch: Stretch
    number: int
    of: int

    @property
    def is_last(self) -> bool:
        return self.number == self.of


def pages_of(volume: Volume) -> list[Page]:
    """The last page has a line at least: signatures never stand alone. What is too much for it is halved."""
    counts: list[int] = []
    left = volume.lines
    while left > LAST:
        counts.append(FULL if left > FULL else (left + 1) // 2)
        left -= counts[-1]
    counts.append(left)
    return [
        Page(Stretch(volume, 1 + last - count, count), number, len(counts))
        for number, (count, last) in enumerate(zip(counts, accumulate(counts), strict=True), 1)
    ]


def files_of(volumes: Sequence[Volume]) -> list[list[Page]]:
    """The pages of all volumes, file by file."""
    pages = [page for volume in volumes for page in pages_of(volume)]
    return [pages[n : n + PAGES_PER_FILE] for n in range(0, len(pages), PAGES_PER_FILE)]


def workbooks_of(volumes: Sequence[Volume]) -> list[list[Stretch]]:
    """The lines of all volumes, workbook by workbook."""
    books: list[list[Stretch]] = [[]]
    room = LINES_PER_WORKBOOK
    for volume in volumes:
        first = 1
        while first <= volume.lines:
            if not room:
                books.append([])
                room = LINES_PER_WORKBOOK
            lines = min(room, volume.lines - first + 1)
            books[-1].append(Stretch(volume, first, lines))
            first, room = first + lines, room - lines
    return books
