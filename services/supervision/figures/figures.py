"""The figures of the quality bulletin (rules §4.6) and how they add up: a branch is the sum of its stations and itself,
the whole is the sum of branches, stations directly under the Centre, and the Centre itself. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["total", "branch", "direct", "own", "station"]
"""What a row stands for: the whole; a branch with its stations; all stations directly under the Centre; a branch or the
Centre for itself; one station."""


class Figures(BaseModel):
    """Numbers that can be added, and nothing else: rates are told from sums, never summed. What each counts, and by which
    day, is in docs/decisions/0019-bulletin.md."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sessions: int = Field(default=0, description="批准批次: approved sessions whose exam day lies in the quarter")
    held: int = Field(default=0, description="those of them whose roster is approved by the data cut")
    heads_planned: int = 0
    examined: int = 0
    passed: int = 0
    passed_of_examined: int = Field(default=0, description="those passed whose roster says how many sat the exam")
    certificates: int = Field(default=0, description="颁发证书: posted to the station")
    plans_returned: int = 0
    rosters_returned: int = 0
    standard_national: int = 0
    standard_filed: int = 0
    standard_unapproved: int = 0
    paper_national_bank: int = 0
    paper_filed_bank: int = 0
    paper_self_made: int = 0
    fees_stated: int = Field(default=0, description="sessions whose plan states the fee")
    fee_yuan: int = Field(default=0, description="sum of the stated fees; a mean is told from it")
    inspections: int = 0
    findings: int = 0
    rectified: int = 0
    violations: dict[str, int] = Field(default_factory=dict, description="by trigger (rules §4.9)")
    sanctions: dict[str, int] = Field(default_factory=dict, description="by measure")
    reports_on_time: int = 0
    reports_late: int = 0
    reports_missing: int = 0
    reports_pending: int = Field(default=0, description="not handed in, and the last day is not over")

    def plus(self, other: Figures) -> Figures:
        return Figures(**{name: _sum(getattr(self, name), getattr(other, name)) for name in Figures.model_fields})

    @property
    def standard_unstated(self) -> int:
        return self.sessions - self.standard_national - self.standard_filed - self.standard_unapproved

    @property
    def paper_unstated(self) -> int:
        return self.sessions - self.paper_national_bank - self.paper_filed_bank - self.paper_self_made

    @property
    def fees_unstated(self) -> int:
        return self.sessions - self.fees_stated

    @property
    def pass_rate(self) -> int | None:
        """Per mille, rounded half up; none where nobody is known to have sat."""
        return _ratio(self.passed_of_examined * 1000, self.examined)

    @property
    def mean_fee(self) -> int | None:
        return _ratio(self.fee_yuan, self.fees_stated)

    @property
    def violations_in_all(self) -> int:
        return sum(self.violations.values())

    @property
    def sanctions_in_all(self) -> int:
        return sum(self.sanctions.values())


def _sum(one: int | dict[str, int], other: int | dict[str, int]) -> int | dict[str, int]:
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
    assert isinstance(one, int)
    assert isinstance(other, int)
    return one + other


def _ratio(part: int, whole: int) -> int | None:
    return (2 * part + whole) // (2 * whole) if whole else None


NOTHING = Figures()


class Counted(NamedTuple):
    """Some figures of one body; a body has as many of these as records speak of it."""

    body: str
    path: str
    figures: Figures


class Place(BaseModel):
    """A body as the bulletin of a quarter names it: a snapshot, so that a later name changes no published paper."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    body: str
    path: str
    name_zh: str
    name_en: str
    branch: bool


class Row(BaseModel):
    """One line of every table."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    kind: Kind
    body: str = Field(description="institution code; that of the Centre in the rows `total` and `direct`")
    path: str
    name_zh: str
    name_en: str
    figures: Figures


def added(figures: Iterable[Figures]) -> Figures:
    total = NOTHING
    for one in figures:
        total = total.plus(one)
    return total


def rows_of(places: Sequence[Place], counted: Iterable[Counted]) -> list[Row]:
    """The whole; each branch, itself and its stations; then the stations directly under the Centre. A body that nobody
    has registered here (yet) is called by its code, and none of its figures is lost."""
    found: dict[str, list[Figures]] = defaultdict(list)
    known = {place.body: place for place in places}
    for one in counted:
        found[one.body].append(one.figures)
        known.setdefault(one.body, _nameless(one.body, one.path))
    for path in [place.path for place in known.values()]:
        codes = path.strip("/").split("/")
        for n, code in enumerate(codes[:-1], 1):
            known.setdefault(code, _nameless(code, f"/{'/'.join(codes[:n])}/", branch=n == 2))
    figures = {code: added(found[code]) for code in known}
    return _laid_out(known, figures) if known else []


def _nameless(code: str, path: str, branch: bool = False) -> Place:
    return Place(body=code, path=path, name_zh=code, name_en=code, branch=branch)


def _laid_out(known: Mapping[str, Place], figures: Mapping[str, Figures]) -> list[Row]:
    def row(kind: Kind, place: Place, what: Figures) -> Row:
        return Row(kind=kind, figures=what, **place.model_dump(exclude={"branch"}))

    ordered = sorted(known.values(), key=lambda place: place.body)
    centre = next(place for place in ordered if _depth(place) == 1)
    parents = {place.path.strip("/").split("/")[1] for place in ordered if _depth(place) == 3}
    top = [place for place in ordered if _depth(place) == 2]
    sections: list[Row] = []
    for branch in (place for place in top if place.branch or place.body in parents):
        own = row("own", branch, figures[branch.body])
        below = [place for place in ordered if _depth(place) == 3 and place.path.startswith(branch.path)]
        stations = [row("station", place, figures[place.body]) for place in below]
        sections += [row("branch", branch, added(one.figures for one in (own, *stations))), own, *stations]
    direct = [row("station", place, figures[place.body]) for place in top if _is_direct(place, parents)]
    if direct:
        whole = added(one.figures for one in direct)
        sections += [row("direct", centre, whole), *direct]
    if figures[centre.body] != NOTHING:
        sections.append(row("own", centre, figures[centre.body]))
    single = (one.figures for one in sections if one.kind in ("own", "station"))
    return [row("total", centre, added(single)), *sections]


def _is_direct(place: Place, parents: set[str]) -> bool:
    return not place.branch and place.body not in parents


def _depth(place: Place) -> int:
    return place.path.count("/") - 1


def seen_from(rows: Sequence[Row], path: str) -> list[Row]:
    """What a body may see of a quarter that is not published: the rows of its own path."""
    return [one for one in rows if one.path.startswith(path)]


def of_body(rows: Sequence[Row], body: str) -> Figures:
    """A station's own figures; a branch's with those of its stations, as it reports for them too (R5)."""
    return next((one.figures for one in rows if one.body == body and one.kind in ("branch", "station")), NOTHING)
