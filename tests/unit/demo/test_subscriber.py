"""The demo's books of what branch centres were told, and their software's accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.demo.cast import BRANCHES, STATIONS
from services.demo.office import Office
from services.demo.patient_clerk import PatientClerk
from services.demo.play import Session
from services.demo.subscriber import OF_EACH_SESSION, Subscriber, faults, subscribe
from tests.world.house import House

EAST, WEST = BRANCHES
OURS = Session(STATIONS[0], f"{STATIONS[0].code}-2026-001", 1, date(2026, 4, 3), [], batches=[{}, {}])
THEIRS = Session(STATIONS[2], f"{STATIONS[2].code}-2026-001", 1, date(2026, 4, 3), [], batches=[{}])
ALL = [OURS, THEIRS]


def entries_of(session: Session) -> list[dict[str, Any]]:
    path = f"/{EAST.parent}/{session.station.parent}/{session.station.code}/"
    found = [
        {"type": f"cn.jianding.{type_}", "data": {"session": session.id, "path": path}} for type_ in OF_EACH_SESSION
    ]
    made_here = [{"roster": session.id, "producer": EAST.code}] * len(session.batches) if session is OURS else []
    return found + [{"type": "cn.jianding.batch.produced.v1", "data": data} for data in made_here]


def told(entries: list[dict[str, Any]], branch: Any = EAST) -> Subscriber:
    numbered = [{**entry, "id": f"{branch.code}/{n}", "feednumber": n} for n, entry in enumerate(entries, 8)]
    return Subscriber(branch, PatientClerk(None, "", ""), "", numbered)  # type: ignore[arg-type]


def test_exactly_the_events_of_its_subtree() -> None:
    bulletin = {"type": "cn.jianding.bulletin.published.v1", "data": {"bulletin": "2026-Q1"}}
    assert faults([told([*entries_of(OURS), bulletin]), told(entries_of(THEIRS), WEST)], ALL) == []


@pytest.mark.parametrize("n", range(len(entries_of(OURS))))
def test_each_one_that_is_missing_or_came_twice_is_told(n: int) -> None:
    whole = entries_of(OURS)
    (missing,) = faults([told(whole[:n] + whole[n + 1 :])], ALL)
    (twice,) = faults([told([*whole, whole[n]])], ALL)
    assert "is missing in its feed" in missing and " times" in twice


def test_what_is_none_of_its_subtree_is_told() -> None:
    found = faults([told(entries_of(OURS) + entries_of(THEIRS))], ALL)
    assert len([one for one in found if "is none of its subtree" in one]) == len(OF_EACH_SESSION)
    other_producer = {"type": "cn.jianding.batch.produced.v1", "data": {"roster": "x", "producer": WEST.code}}
    assert len(faults([told([*entries_of(OURS), other_producer])], ALL)) == 1


def test_a_gap_is_told() -> None:
    one = told(entries_of(OURS))
    one.entries[3]["feednumber"] += 1
    assert faults([one], ALL) == [f"{EAST.code}: the numbers of its feed have a gap"]


async def test_the_secret_is_renewed_in_a_second_run(bare_house: House) -> None:
    class Inside(Office):
        def __init__(self) -> None:
            super().__init__(bare_house.client, "x", lambda *_: None)
            self.operator = _Operator(bare_house.client, "operator", "")

    class _Operator(PatientClerk):
        async def token(self) -> str:
            return await bare_house.token("operator")

    for _ in range(2):
        subscribers = await subscribe(Inside(), bare_house.client)
        assert [one.last.partition("/")[0] for one in subscribers] == [EAST.code, WEST.code]
