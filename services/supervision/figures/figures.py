"""The figures of the quality bulletin (rules §4.6) and how they add up: a branch is the sum of its stations and itself,
the whole is the sum of branches, stations directly under the Centre, and the Centre itself. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from shared.trade.body_path import BodyPath

RowKind = Literal["total", "branch", "direct", "own", "station"]
"""What a row stands for: the whole; a branch with its stations; all stations directly under the Centre; a branch or the
Centre for itself; one station."""


class Figures(BaseModel):
    """Numbers that can be added, and nothing else: rates are computed from sums, never summed. What each counts, and by which
    day, is in docs/decisions/0019-bulletin.md."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sessions: int = Field(
        default=0, description="批准批次：考试日在本季度内 · approved sessions whose exam day lies in the quarter"
    )
    held: int = Field(
        default=0, description="已完成批次：其中名册已批准 · those of them whose roster is approved by the data cut"
    )
    heads_planned: int = Field(default=0, description="计划人数 · heads planned")
    examined: int = Field(default=0, description="实考人数 · heads that sat the exam")
    passed: int = Field(default=0, description="合格人数 · heads that passed")
    passed_of_examined: int = Field(
        default=0, description="注明实考人数的名册中的合格人数 · those passed whose roster says how many sat the exam"
    )
    certificates: int = Field(default=0, description="颁发证书：已寄发给鉴定站 · certificates posted to the station")
    plans_returned: int = Field(default=0, description="退回计划 · plans returned")
    rosters_returned: int = Field(default=0, description="退回名册 · rosters returned")
    standard_national: int = Field(default=0, description="采用国家标准的批次 · sessions by a national standard")
    standard_filed: int = Field(default=0, description="采用行业备案标准的批次 · sessions by a filed standard")
    standard_unapproved: int = Field(
        default=0, description="采用未经批准标准的批次 · sessions by an unapproved standard"
    )
    paper_national_bank: int = Field(
        default=0, description="采用国家题库的批次 · sessions with the national question bank"
    )
    paper_filed_bank: int = Field(default=0, description="采用备案题库的批次 · sessions with a filed question bank")
    paper_self_made: int = Field(default=0, description="采用自编试卷的批次 · sessions with a self-made exam paper")
    fees_stated: int = Field(default=0, description="注明收费的批次 · sessions whose plan states the fee")
    fee_yuan: int = Field(
        default=0, description="注明的收费合计（元） · sum of the stated fees (CNY), from which the mean is computed"
    )
    inspections: int = Field(default=0, description="检查次数 · inspections")
    findings: int = Field(default=0, description="发现问题 · findings")
    rectified: int = Field(default=0, description="已整改 · findings rectified")
    violations: dict[str, int] = Field(
        default_factory=dict, description="违规件数，按情形 · violations by trigger (rules §4.9)"
    )
    sanctions: dict[str, int] = Field(default_factory=dict, description="处理件数，按措施 · sanctions by measure")
    reports_on_time: int = Field(default=0, description="按期呈报的工作报告 · work reports handed in on time")
    reports_late: int = Field(default=0, description="逾期呈报的工作报告 · work reports handed in late")
    reports_missing: int = Field(default=0, description="未报的工作报告 · work reports missing")
    reports_pending: int = Field(
        default=0, description="未到期的工作报告 · not handed in, and the last day is not over"
    )

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


def _ratio(part: int, whole: int) -> int | None:
    return (2 * part + whole) // (2 * whole) if whole else None


NOTHING = Figures()


class Counted(NamedTuple):
    """Some figures of one body; a body has as many of these as facts and documents speak of it."""

    body: str
    path: str
    figures: Figures


class Gathered(NamedTuple):
    """What documents of one sort say of a quarter. left_out: `kind/id` of those that cannot be read."""

    counted: list[Counted]
    left_out: list[str]


class QuarterRows(NamedTuple):
    """The rows of a quarter, and what is not in them because it cannot be read: `kind/id`."""

    rows: list[Row]
    left_out: list[str]


class Dated(NamedTuple):
    """What one document adds to the figures of its body, and the day by which it counts."""

    day: date
    figures: Figures


class Place(BaseModel):
    """A body as the bulletin of a quarter names it: a snapshot, so that a later name changes nothing published."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    body: str
    path: str
    name_zh: str
    name_en: str
    branch: bool


class Row(BaseModel):
    """One line of every table."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    kind: RowKind
    body: str  # institution code; that of the Centre in the rows `total` and `direct`
    path: str
    name_zh: str
    name_en: str
    figures: Figures


def together(parts: Iterable[Gathered]) -> Gathered:
    listed = list(parts)
    return Gathered(
        [one for part in listed for one in part.counted], [name for part in listed for name in part.left_out]
    )


def added(figures: Iterable[Figures]) -> Figures:
    """Summed as plain numbers and checked once: of a quarter there are tens of thousands."""
    counts: Counter[str] = Counter()
    listed: dict[str, Counter[str]] = defaultdict(Counter)
    for one in figures:
        for name, value in one:
            if not value:
                continue
            if isinstance(value, int):
                counts[name] += value
            else:
                for what, count in value.items():
                    listed[name][what] += count
    return Figures(**counts, **{name: dict(sorted(found.items())) for name, found in listed.items()})


def rows_of(places: Sequence[Place], counted: Iterable[Counted]) -> list[Row]:
    """The whole; each branch, itself and its stations; then the stations directly under the Centre. A body that nobody
    has registered here (yet) is called by its code, and none of its figures is lost."""
    found: dict[str, list[Figures]] = defaultdict(list)
    known = {place.body: place for place in places}
    for body, path, more in counted:
        found[body].append(more)
        known.setdefault(body, _nameless(body, path))
    for place in list(known.values()):
        place_in_tree = BodyPath.read(place.path)
        for n, code in enumerate(place_in_tree.above, 1):
            known.setdefault(code, _nameless(code, str(place_in_tree.upto(code)), branch=n == 2))
    figures = {code: added(found[code]) for code in known}
    return _laid_out(known, figures) if known else []


def _nameless(code: str, path: str, branch: bool = False) -> Place:
    return Place(body=code, path=path, name_zh=code, name_en=code, branch=branch)


def _laid_out(known: Mapping[str, Place], figures: Mapping[str, Figures]) -> list[Row]:
    def row(kind: RowKind, place: Place, what: Figures) -> Row:
        return Row(kind=kind, figures=what, **place.model_dump(exclude={"branch"}))

    ordered = sorted(known.values(), key=lambda place: place.body)
    centre = next(place for place in ordered if _depth(place) == 1)
    parents = {BodyPath.read(place.path).right_above for place in ordered if _depth(place) == 3}
    top = [place for place in ordered if _depth(place) == 2]
    sections: list[Row] = []
    for branch in (place for place in top if place.branch or place.body in parents):
        own = row("own", branch, figures[branch.body])
        below = [place for place in ordered if _depth(place) == 3 and place.path.startswith(branch.path)]
        stations = [row("station", place, figures[place.body]) for place in below]
        sections += [row("branch", branch, added(line.figures for line in (own, *stations))), own, *stations]
    direct = [row("station", place, figures[place.body]) for place in top if _is_direct(place, parents)]
    if direct:
        whole = added(line.figures for line in direct)
        sections += [row("direct", centre, whole), *direct]
    if figures[centre.body] != NOTHING:
        sections.append(row("own", centre, figures[centre.body]))
    single = (line.figures for line in sections if line.kind in ("own", "station"))
    return [row("total", centre, added(single)), *sections]


def _is_direct(place: Place, parents: set[str]) -> bool:
    return not place.branch and place.body not in parents


def _depth(place: Place) -> int:
    return len(BodyPath.read(place.path).codes)


def visible_from(rows: Sequence[Row], path: str) -> list[Row]:
    """What a body may see of a quarter that is not published: the rows of its own path."""
    return [row for row in rows if row.path.startswith(path)]


def of_body(rows: Sequence[Row], body: str) -> Figures:
    """A station's own figures; a branch's with those of its stations, as it reports for them too (R5)."""
    return next((row.figures for row in rows if row.body == body and row.kind in ("branch", "station")), NOTHING)
