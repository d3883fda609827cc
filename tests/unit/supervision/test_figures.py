"""The figures add up: a branch is itself and its stations, the whole is the sum of what stands directly under the Centre."""

from __future__ import annotations

import random

import pytest

from services.supervision.figures.figures import Counted, Figures, Place, Row, added, of_body, rows_of, visible_from
from shared.trade.body_path import BodyPath

CENTRE = "/49000001/"
NUMBERS = [name for name, field in Figures.model_fields.items() if field.annotation is int]


def place(path: str, *, branch: bool = False) -> Place:
    code = BodyPath.read(path).own
    return Place(body=code, path=path, name_zh=f"机构{code}", name_en=f"Body {code}", branch=branch)


def a_tree(chance: random.Random) -> list[Place]:
    places = [place(CENTRE)]
    for n in range(chance.randint(0, 4)):
        branch = f"{CENTRE}49{n + 5:02d}0001/"
        places.append(place(branch, branch=True))
        places += [place(f"{branch}49{n + 5:02d}3{s:03d}/") for s in range(chance.randint(0, 5))]
    return places + [place(f"{CENTRE}49003{s:03d}/") for s in range(chance.randint(0, 4))]


def some(chance: random.Random) -> Figures:
    numbers = {name: chance.randint(0, 99) for name in NUMBERS}
    return Figures(
        **numbers,
        violations={one: chance.randint(1, 3) for one in chance.sample(["paper_leak", "foreign_number"], 1)},
        sanctions={"notice": chance.randint(1, 2)} if chance.random() < 0.5 else {},
    )


@pytest.mark.parametrize("seed", range(40))
def test_branch_and_whole_are_sums(seed: int) -> None:
    chance = random.Random(seed)
    places = a_tree(chance)
    counted = [Counted(one.body, one.path, some(chance)) for one in chance.choices(places, k=60)]
    rows = rows_of(places, counted)
    total, rest = rows[0], rows[1:]
    assert total.kind == "total"
    for branch in (row for row in rows if row.kind == "branch"):
        inside = [row for row in rest if row.kind in ("own", "station") and row.path.startswith(branch.path)]
        assert branch.figures == added(row.figures for row in inside)
    branches = [row.figures for row in rest if row.kind == "branch"]
    direct = [row.figures for row in rest if row.kind == "station" and BodyPath.read(row.path).branch is None]
    centre = [row.figures for row in rest if row.kind == "own" and row.path == CENTRE]
    assert total.figures == added([*branches, *direct, *centre])
    assert total.figures == added(one.figures for one in counted), "a figure was lost or counted twice"
    assert [row.figures for row in rest if row.kind == "direct"] == ([added(direct)] if direct else [])
    assert [row.body for row in rest if row.kind == "station"].count(total.body) == 0
    singles = [row.body for row in rest if row.kind in ("own", "station")]
    assert len(singles) == len(set(singles))


def test_a_body_that_nobody_registered_here_yet_is_called_by_its_code() -> None:
    path = f"{CENTRE}49050001/49053012/"
    rows = rows_of([], [Counted("49053012", path, Figures(sessions=2))])
    assert [(row.kind, row.body, row.name_zh, row.figures.sessions) for row in rows] == [
        ("total", "49000001", "49000001", 2),
        ("branch", "49050001", "49050001", 2),
        ("own", "49050001", "49050001", 0),
        ("station", "49053012", "49053012", 2),
    ]


def test_a_body_counts_where_it_stands_now() -> None:
    """It moved to another branch in the middle of the quarter: its figures go along, none is counted in both."""
    now, before = f"{CENTRE}49060001/49053012/", f"{CENTRE}49050001/49053012/"
    places = [place(f"{CENTRE}{code}/", branch=True) for code in ("49050001", "49060001")]
    counted = [Counted("49053012", before, Figures(sessions=1)), Counted("49053012", now, Figures(sessions=1))]
    rows = rows_of([place(CENTRE), *places, place(now)], counted)
    sessions = {row.body: row.figures.sessions for row in rows if row.kind == "branch"}
    assert sessions == {"49050001": 0, "49060001": 2}


def a_row(kind: str, path: str, sessions: int) -> Row:
    named = place(path).model_dump(exclude={"branch"})
    return Row(kind=kind, figures=Figures(sessions=sessions), **named)  # type: ignore[arg-type]


ROWS = [
    a_row("total", CENTRE, 6),
    a_row("branch", f"{CENTRE}49050001/", 4),
    a_row("own", f"{CENTRE}49050001/", 1),
    a_row("station", f"{CENTRE}49050001/49053012/", 3),
    a_row("direct", CENTRE, 2),
    a_row("station", f"{CENTRE}49003007/", 2),
]


@pytest.mark.parametrize(
    ("path", "visible"),
    [
        (CENTRE, [6, 4, 1, 3, 2, 2]),
        (f"{CENTRE}49050001/", [4, 1, 3]),
        (f"{CENTRE}49050001/49053012/", [3]),
        (f"{CENTRE}49003007/", [2]),
        ("/99000001/", []),
    ],
)
def test_each_sees_its_own_path(path: str, visible: list[int]) -> None:
    assert [row.figures.sessions for row in visible_from(ROWS, path)] == visible


def test_what_a_body_reports_on() -> None:
    """A branch reports for its stations too (R5)."""
    assert [of_body(ROWS, code).sessions for code in ("49050001", "49053012", "49003007", "49000009")] == [4, 3, 2, 0]


@pytest.mark.parametrize(
    ("passed", "examined", "rate"),
    [(0, 0, None), (0, 3, 0), (3, 3, 1000), (2, 3, 667), (1, 3, 333), (1, 2000, 1), (1, 2001, 0), (864, 1000, 864)],
)
def test_the_rate_is_told_from_sums_and_rounded_half_up(passed: int, examined: int, rate: int | None) -> None:
    assert Figures(passed_of_examined=passed, examined=examined).pass_rate == rate
