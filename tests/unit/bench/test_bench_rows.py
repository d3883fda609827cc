"""No row rots: each runs at a size that says nothing about speed, and leaves the line of JSON that it promises."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.bench import main, record
from services.bench.row import Figure, NotHere, Place
from services.bench.rows import relay, road, workbook
from services.bench.rows.by_pages import chromium
from services.bench.rows.by_pages.tally import Tally, Turn

ROWS = main.found()


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.tiny])
def test_a_row_leaves_its_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "READY", 0.0)
    monkeypatch.setattr(relay, "IDLE", 0.1)
    row = ROWS[name]
    place = Place(tmp_path / "work")
    place.folder.mkdir()
    figures = row.measure(place, row.tiny)
    record.append(tmp_path, record.line(name, row, place, row.tiny, figures, 0.0))
    (line,) = (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    written = json.loads(line)
    assert (written["what"], written["size"], written["goal"]) == (name, row.tiny, row.goal)
    assert written["machine"].keys() == {"cores", "model", "python", "load_before"}
    assert written["figures"]
    for figure in written["figures"]:
        assert figure["what"]
        assert figure["unit"]
        assert figure["ours"] is not None
        assert (figure["peer"] is None) == (figure["ratio"] is None)
        assert figure["peer"] is not None or figure["beside"], "why there is no peer"


@pytest.mark.parametrize("name", ROWS)
def test_a_row_says_what_it_measures(name: str) -> None:
    row = ROWS[name]
    assert " · " in row.what
    assert row.goal
    assert list(row.sizes) == sorted(row.sizes)
    assert row.tiny < row.sizes[0]


def test_the_road_is_held_against_its_own_pages_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = SimpleNamespace(url="http://house", password="of the operator")
    summary = {"certificates": 100, "seconds": {"approve_to_certificates": 2.0}}
    monkeypatch.setattr(road, "started", lambda *_: nullcontext(house))
    monkeypatch.setattr(road, "played", lambda *_, **__: (summary, [], []))
    monkeypatch.setattr(road.drawing_alone, "seconds_alone", lambda *_: 1.0)
    kept = {"verification_ms": 3.0, "bare_server_ms": 1.0}
    monkeypatch.setattr(road.kept_connection, "against_a_bare_server", lambda *_: kept)
    figures = road.measure(Place(tmp_path), 120)
    assert [(one.ours, one.ratio) for one in figures] == [(2.0, 2.0), (50.0, 0.5), (3.0, 3.0)]
    monkeypatch.setattr(road, "played", lambda *_, **__: (summary, [], ["one is missing"]))
    with pytest.raises(SystemExit, match="one is missing"):
        road.measure(Place(tmp_path), 120)


def test_a_ratio_is_ours_to_the_peers() -> None:
    assert Figure("x", 3.0, "ms", 2.0).ratio == 1.5
    assert Figure("x", 3.0, "ms").ratio is None


def test_what_is_no_row_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["nothing"])
    assert "lists" in capsys.readouterr().err


def test_a_row_without_what_it_needs_says_so_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "find_spec", lambda _: None)
    with pytest.raises(NotHere, match="Playwright"):
        ROWS["by_pages"].measure(Place(tmp_path), 6)

    def measured(name: str, *_: object) -> list[Figure]:
        if name == "by_pages":
            raise NotHere("未安装 · not installed")
        return [Figure("x", 1.0, "s")]

    monkeypatch.setattr(main, "_measured", measured)
    assert main.main(["by_pages", "cold", "--size", "6", "--folder", str(tmp_path)]) == 0
    assert "by_pages: 略过 · left out: 未安装" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.glob("*.jsonl")) == ["cold.jsonl"]


def test_the_road_by_pages_is_told_by_part_and_by_role() -> None:
    clerk, head = ("经办人", "clerk"), ("负责人", "head")
    plan, roster = ("计划", "plan"), ("名册", "roster")
    turns = [Turn(plan, clerk, 3, 7, 1.0), Turn(plan, head, 2, 0, 0.5), Turn(roster, clerk, 4, 1, 2.0)]
    told = {one.what: one.ours for one in Tally(turns).figures()}
    assert told["计划，点击 · plan, clicks"] == 5
    assert told["经办人，用时 · clerk, time"] == 3.0
    assert told["全程，点击 · all of it, clicks"] == 9
    assert len(told) == 2 * (2 + 2 + 1)
