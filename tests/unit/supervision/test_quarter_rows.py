"""The rows of a quarter from the store: of the bodies that existed in it, of one part of the country, and what of it cannot be
read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from services.runtime.wiring import MACHINERY
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.bulletins.requests import NewBulletin
from services.supervision.bulletins.usecases import compiling
from services.supervision.declares import KINDS
from services.supervision.figures.figures import QuarterRows
from services.supervision.settings import SupervisionSettings
from services.supervision.work_reports import usecases as work_reports
from services.supervision.work_reports.requests import NewWorkReport
from services.supervision.work_reports.work_report import WorkReport
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Invalid
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Record
from shared.trade.roles import Role
from tests.world.hearing import hear_of_body

CENTRE, BRANCH, STATION, SISTER, DIRECT = "49000001", "49050001", "49053012", "49053013", "49003007"
OTHER, COUSIN = "49060001", "49063012"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    SISTER: f"/{CENTRE}/{BRANCH}/{SISTER}/",
    OTHER: f"/{CENTRE}/{OTHER}/",
    COUSIN: f"/{CENTRE}/{OTHER}/{COUSIN}/",
    DIRECT: f"/{CENTRE}/{DIRECT}/",
}
KIND_OF = {CENTRE: "centre", BRANCH: "branch", OTHER: "branch"}
NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
DAYS = 15
SETTINGS = SupervisionSettings()


async def hear(store: SqliteStore, code: str, **said: Any) -> None:
    await hear_of_body(store, code, PATHS[code], **{"kind": KIND_OF.get(code, "station"), "state": "licensed", **said})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    for code in PATHS:
        await hear(opened, code, registered_on="2026-02-10")
    yield opened
    await opened.close()


def actor(body: str, role: Role = Role.STATION_CLERK) -> Actor:
    return Actor("somebody", "somebody", body, PATHS[body], frozenset({role}))


async def rows(store: SqliteStore, quarter: str, body: str = CENTRE) -> QuarterRows:
    return await compiling.preview(store, Asked(actor(body), NOW), quarter, DAYS)


async def shown(store: SqliteStore, quarter: str, body: str = CENTRE) -> list[tuple[str, str]]:
    return [(row.kind, row.body) for row in (await rows(store, quarter, body)).rows]


async def count(
    store: SqliteStore, code: str, quarter: str = "2026-Q3", what: str = "session_plan.approved", **more: Any
) -> None:
    """A counted fact, as it is stored."""
    subject = more.pop("subject", f"{code}-{quarter}")
    day = f"{quarter[:4]}-{int(quarter[-1]) * 3:02d}-01"
    fact = {
        "what": what,
        "subject": subject,
        "body": code,
        "path": PATHS[code],
        "day": day,
        "basis": "held_on",
        "quarter": quarter,
        "counts": {"sessions": 1} if what == "session_plan.approved" else {},
        "sequence": "0000000001",
    }
    assert await store.add("record", Record(f"{what}/{subject}", {**fact, **more}))


# --- who existed ------------------------------------------------------------------------------------------------------


async def test_of_a_quarter_in_which_nobody_existed_there_is_nothing(store: SqliteStore) -> None:
    assert await shown(store, "2020-Q1") == []
    assert await shown(store, "2025-Q4") == []
    clerk = actor(CENTRE, Role.CENTRE_CLERK)
    with pytest.raises(Invalid, match="no body existed"):
        await compiling.compile_new(store, Asked(clerk, NOW), "key", NewBulletin(quarter="2020-Q1"), SETTINGS)
    assert await repository.seek(store, Bulletin, "2020-Q1") is None


async def test_a_body_has_a_row_from_the_quarter_on_in_which_it_was_registered(store: SqliteStore) -> None:
    await hear(store, STATION, registered_on="2026-11-26")
    assert STATION not in {body for _, body in await shown(store, "2026-Q3")}
    assert STATION in {body for _, body in await shown(store, "2026-Q4")}
    total = (await rows(store, "2026-Q3")).rows[0].figures
    assert total.reports_missing == 5, "two branches and three stations"
    assert (await rows(store, "2026-Q3", STATION)).rows == []


async def test_of_whom_an_earlier_release_told_no_day_there_is_a_row_as_then(store: SqliteStore) -> None:
    await hear(store, STATION)
    assert await shown(store, "2020-Q1") == [
        ("total", CENTRE),
        ("branch", BRANCH),
        ("own", BRANCH),
        ("station", STATION),
    ]


async def test_what_counts_is_told_whenever_its_body_was_registered(store: SqliteStore) -> None:
    """A paper of before, registered late: no figure is lost, and those above have their names."""
    await count(store, STATION, "2026-Q1")
    for code in (CENTRE, BRANCH, STATION):
        await hear(store, code, registered_on="2026-11-26", name_zh=f"机构{code}")
    found = {(row.kind, row.body): row for row in (await rows(store, "2026-Q1")).rows}
    assert found["station", STATION].figures.sessions == found["total", CENTRE].figures.sessions == 1
    assert {row.name_zh for key, row in found.items() if key[1] in (CENTRE, BRANCH, STATION)} == {
        f"机构{code}" for code in (CENTRE, BRANCH, STATION)
    }
    assert found["station", STATION].figures.reports_missing == 0


@pytest.mark.parametrize("state", ["revoked", "struck_off"])
async def test_whoever_is_gone_has_a_row_only_where_something_counts(store: SqliteStore, state: str) -> None:
    await count(store, STATION, "2026-Q2")
    await hear(store, STATION, registered_on="2026-02-10", state=state)
    assert STATION in {body for _, body in await shown(store, "2026-Q2")}
    assert STATION not in {body for _, body in await shown(store, "2026-Q3")}
    assert (await rows(store, "2026-Q2")).rows[0].figures.reports_missing == 5


async def test_a_quarter_that_has_not_begun_has_no_figures(store: SqliteStore) -> None:
    with pytest.raises(Invalid, match="has not begun"):
        await rows(store, "2027-Q1")
    clerk = actor(CENTRE, Role.CENTRE_CLERK)
    with pytest.raises(Invalid, match="has not begun"):
        await compiling.compile_new(store, Asked(clerk, NOW), "key", NewBulletin(quarter="2027-Q1"), SETTINGS)
    assert (await rows(store, "2026-Q4")).rows[0].figures.reports_pending == 6


# --- one part of the country ------------------------------------------------------------------------------------------


@pytest.fixture
async def busy(store: SqliteStore) -> SqliteStore:
    for code in (STATION, SISTER, COUSIN, DIRECT):
        await count(store, code)
        await count(store, code, what="roster.approved", quarter="2026-Q4", subject=f"{code}-2026-Q3")
        await count(store, code, subject=f"voided {code}")
        await count(store, code, what="session_plan.voided", subject=f"voided {code}")
        violation = {
            "body": code,
            "path": PATHS[code],
            "trigger": "paper_leak",
            "source": "hand",
            "description": "泄题",
        }
        confirmed = {"state": "confirmed", "raised_by": "a", "decided_by": "b", "told": True, "request": "r"}
        act = {"at": "2026-08-01T01:00:00Z", "by": "b", "name": "乙", "body": CENTRE, "verb": "confirm"}
        history = [{**act, "from_state": "raised", "to_state": "confirmed"}]
        await store.add("violation", Record(f"v{code}", {**violation, **confirmed, "history": history}))
    return store


@pytest.mark.parametrize("body", [STATION, BRANCH, DIRECT])
async def test_a_part_is_counted_as_it_is_in_the_whole(busy: SqliteStore, body: str) -> None:
    whole = [row for row in (await rows(busy, "2026-Q3")).rows if row.path.startswith(PATHS[body])]
    part = (await rows(busy, "2026-Q3", body)).rows
    assert part == whole
    assert (part[0].figures.sessions, part[0].figures.held) == ((2, 2) if body == BRANCH else (1, 1))
    assert part[0].figures.violations == {"paper_leak": 2 if body == BRANCH else 1}


async def test_of_one_station_the_rest_of_the_country_is_not_read(busy: SqliteStore) -> None:
    """Neither for its preview nor for its work report."""
    read: list[tuple[str, str]] = []
    find = SqliteStore.find

    async def noted(self: SqliteStore, kind: str, *given: Any, **named: Any) -> Any:
        page = await find(self, kind, *given, **named)
        read.extend((kind, str(record.body.get("path", ""))) for record in page.records)
        return page

    with patch.object(SqliteStore, "find", noted):
        assert (await rows(busy, "2026-Q3", STATION)).rows[0].figures.sessions == 1
        clerk = actor(STATION)
        new = NewWorkReport(quarter="2026-Q3", work_done="一", problems="无", suggestions="无")
        report = await work_reports.draft(busy, Asked(clerk, NOW), "key", new)
        done = await work_reports.step(busy, report.id, Asked(clerk, NOW, 1), "submit")
    assert done.figures is not None
    assert (done.figures.sessions, done.figures.held) == (1, 1)
    assert {path for _, path in read} == {PATHS[STATION]}
    assert {"record", "violation"} <= {kind for kind, _ in read}


# --- what cannot be read ----------------------------------------------------------------------------------------------

BROKEN = {
    "inspection": {"state": "performed", "performed_on": "no day"},
    "violation": {"state": "confirmed", "history": "none"},
    "sanction": {"state": "confirmed", "measure": 7},
    "record": {"what": "session_plan.approved", "quarter": "2026-Q3", "day": "2026-09-01", "counts": "many"},
    "work_report": {"quarter": "2026-Q3", "state": "submitted", "history": 3},
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_cannot_be_read_is_left_out_and_said(busy: SqliteStore, kind: str) -> None:
    """Before, one such document stopped all figures (500)."""
    id = f"{STATION}-2026-Q3" if kind == "work_report" else "broken"
    await busy.add(kind, Record(id, {"body": STATION, "path": PATHS[STATION], **BROKEN[kind]}))
    found = await rows(busy, "2026-Q3")
    assert found.left_out == [f"{kind}/{id}"]
    assert found.rows[0].figures.sessions == 4
    missing = found.rows[0].figures.reports_missing
    assert missing == (5 if kind == "work_report" else 6), (
        "whose report cannot be read is not said to have handed in none"
    )
    assert (await rows(busy, "2026-Q3", STATION)).left_out == [f"{kind}/{id}"]
    assert (await rows(busy, "2026-Q3", DIRECT)).left_out == []


async def test_a_bulletin_with_something_left_out_is_compiled_and_not_published(busy: SqliteStore) -> None:
    await busy.add("sanction", Record("broken", {"path": PATHS[STATION], **BROKEN["sanction"]}))
    clerk, approver = (
        actor(CENTRE, Role.CENTRE_CLERK),
        Actor("b", "b", CENTRE, PATHS[CENTRE], frozenset({Role.CENTRE_APPROVER})),
    )
    draft = await compiling.compile_new(busy, Asked(clerk, NOW), "key", NewBulletin(quarter="2026-Q3"), SETTINGS)
    assert draft.left_out == ["sanction/broken"]
    with pytest.raises(Invalid, match="could not be read") as refusal:
        draft.must_be_publishable(approver)
    assert [problem.where for problem in refusal.value.problems] == ["sanction/broken"]


async def test_a_work_report_is_handed_in_all_the_same_and_says_so(busy: SqliteStore) -> None:
    await busy.add("sanction", Record("broken", {"path": PATHS[STATION], **BROKEN["sanction"]}))
    clerk = actor(STATION)
    new = NewWorkReport(quarter="2026-Q3", work_done="一", problems="无", suggestions="无")
    report = await work_reports.draft(busy, Asked(clerk, NOW), "key", new)
    await work_reports.step(busy, report.id, Asked(clerk, NOW, 1), "submit")
    stored = await repository.load(busy, WorkReport, report.id)
    assert (stored.state, stored.figures_left_out) == ("submitted", 1)
