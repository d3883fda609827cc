"""What a filled form 6 says: a heading, volumes (册), lines; and the one hash over all of it.

A volume is one occupation at one level, as a sheet of the form was when the station filled it in (rules §3 附表六)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from services.certificate.certificates.certificate import Certificate
from shared.forms.form6.layout import GRADES

KEYS: Final = (
    "n",
    "ticket",
    "name",
    "sex",
    "birth",
    "id_type",
    "id_number",
    "education",
    "employer",
    "theory",
    "practical",
    "review",
    "grade",
    "certificate",
    "blank_serial",
    "issued",
    "remark",
)
"""Columns of the form (`shared.forms.form6.layout`) that it has when it is filled: all but the e-mail address, which the Centre
was told for its letters only."""

Line = tuple[str, ...]
"""One line as it is printed, a text for each of KEYS."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the form says of itself. Names are those of the day of approval. branch, branch_zh: empty for a station right
    below the Centre. held_on: day of the exam. issued_on: day of approval, which is printed as the date of issue. lines: of
    all volumes."""

    roster: str
    session: str
    body: str
    body_zh: str
    branch: str
    branch_zh: str
    centre: str
    centre_zh: str
    held_on: date
    issued_on: date
    lines: int


@dataclass(frozen=True, slots=True)
class Volume:
    """One occupation at one level. number: from 1. first: running number in the roster of its first line; its lines follow
    each other there."""

    number: int
    occupation: str
    occupation_zh: str
    level: int
    first: int
    lines: int


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The form without its lines. seal: `sha256:…`, the same for both copies and for every file of it."""

    heading: Heading
    volumes: tuple[Volume, ...]
    seal: str


def line_of(certificate: Certificate, number: int) -> Line:
    """number: of the line in its volume, from 1. The sheet is the first one made: a replacement of later years changes
    nothing of what was reported then."""
    holder, issue = certificate.holder, certificate.copies[0]
    return (
        str(number),
        holder.ticket,
        holder.name,
        holder.sex,
        holder.birth.isoformat(),
        holder.id_type,
        holder.id_number,
        holder.education,
        holder.employer,
        score(holder.theory),
        score(holder.practical),
        "" if holder.review is None else score(holder.review),
        GRADES[holder.grade],
        certificate.number,
        issue.blank_serial,
        certificate.issued_on.isoformat(),
        issue.remark,
    )


def score(points: float) -> str:
    """As on the certificate: without idle decimals, not rounded to a place."""
    return f"{points:.6g}"


class Counting:
    """Takes the certificates of a roster in their order and knows the volumes and the seal at the end."""

    def __init__(self) -> None:
        self._volumes: list[Volume] = []
        self._digest = hashlib.sha256()

    def take(self, certificates: Iterable[Certificate]) -> None:
        for certificate in certificates:
            volume = self._volume_of(certificate)
            self._digest.update(_canonical([str(volume.number), *line_of(certificate, volume.lines)]))

    def _volume_of(self, certificate: Certificate) -> Volume:
        """With this line counted."""
        holder, last = certificate.holder, self._volumes[-1] if self._volumes else None
        if last is not None and (last.occupation, last.level) == (holder.occupation, holder.level):
            self._volumes[-1] = Volume(**asdict(last) | {"lines": last.lines + 1})
        else:
            number = len(self._volumes) + 1
            new = Volume(number, holder.occupation, holder.occupation_zh, holder.level, certificate.n, 1)
            self._volumes.append(new)
        return self._volumes[-1]

    @property
    def lines(self) -> int:
        return sum(volume.lines for volume in self._volumes)

    def form(self, heading: Heading) -> FilledForm:
        """The seal: SHA-256 over every line, then every volume, then the heading, each as a JSON array of texts in UTF-8 that
        ends with a line feed. What is printed can be typed in again and gives the same."""
        digest = self._digest.copy()
        for volume in self._volumes:
            digest.update(_canonical(_texts(volume)))
        digest.update(_canonical(_texts(heading)))
        return FilledForm(heading, tuple(self._volumes), f"sha256:{digest.hexdigest()}")


def _texts(of: Volume | Heading) -> list[str]:
    return [str(value) for value in asdict(of).values()]


def _canonical(texts: Sequence[str]) -> bytes:
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
