"""Where a body stands in the tree, and its twin in practice (R2)."""

from __future__ import annotations

import pytest

from shared.trade.body_path import BodyPath
from shared.trade.practice import is_practice, is_practice_number, twin, twin_path

CENTRE, BRANCH, STATION, DIRECT = "49000001", "49050001", "49053012", "49003007"


def path(*codes: str) -> BodyPath:
    return BodyPath.read("/" + "".join(f"{code}/" for code in codes))


@pytest.mark.parametrize(
    ("place", "own", "above", "right_above", "centre", "branch", "is_centre"),
    [
        (path(), "", (), "", "", None, False),
        (path(CENTRE), CENTRE, (), "", CENTRE, None, True),
        (path(CENTRE, BRANCH), BRANCH, (CENTRE,), CENTRE, CENTRE, None, False),
        (path(CENTRE, DIRECT), DIRECT, (CENTRE,), CENTRE, CENTRE, None, False),
        (path(CENTRE, BRANCH, STATION), STATION, (CENTRE, BRANCH), BRANCH, CENTRE, BRANCH, False),
    ],
    ids=["nobody's", "the Centre", "a branch", "a station of the Centre", "a station of a branch"],
)
def test_who_stands_above_whom(
    place: BodyPath,
    own: str,
    above: tuple[str, ...],
    right_above: str,
    centre: str,
    branch: str | None,
    is_centre: bool,
) -> None:
    found = (place.own, place.above, place.right_above, place.centre, place.branch, place.is_centre)
    assert found == (own, above, right_above, centre, branch, is_centre)


@pytest.mark.parametrize("text", ["/", f"/{CENTRE}/", f"/{CENTRE}/{BRANCH}/{STATION}/"])
def test_a_path_is_written_as_it_was_read(text: str) -> None:
    assert str(BodyPath.read(text)) == text


def test_the_place_of_a_body_above() -> None:
    whole = path(CENTRE, BRANCH, STATION)
    assert [whole.upto(code) for code in whole.codes] == [path(CENTRE), path(CENTRE, BRANCH), whole]
    with pytest.raises(ValueError, match="not in tuple"):
        whole.upto(DIRECT)


def test_a_twin_stands_where_its_body_stands() -> None:
    assert twin(STATION) == "99053012"
    assert twin_path(str(path(CENTRE, BRANCH, STATION))) == "/99000001/99050001/99053012/"
    assert twin_path("/") == "/"


def test_what_is_practice() -> None:
    assert is_practice("99053012")
    assert is_practice("/99000001/99053012/")
    assert not is_practice("/49000001/49993012/")
    assert is_practice_number("2699053012300001")
    assert not is_practice_number("2649003007300099")
