"""Persons by a keyed hash: the same in every way they are written, others in practice, nobody without the key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.reporting.certified import storage
from services.reporting.certified.certified import Holder
from services.reporting.certified.person_key import PersonKey
from services.reporting.declares import KINDS
from services.runtime.wiring import MACHINERY
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Unavailable
from shared.ports import Record
from tests.unit.reporting.test_answers import LINE

STATION, TWIN = "49053012", "99053012"
KEY = PersonKey("a key for the tests, written down")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "reporting.sqlite", (*KINDS, *MACHINERY))
    yield store
    await store.close()


def test_no_format_ever_changes() -> None:
    """Written down once: stores everywhere hold these hashes."""
    assert KEY.fingerprint == "4e48a4740b9e"
    assert KEY.person(STATION, LINE) == "2ce0e2c2d063cad446efb4d2856c8ba8ad3d34746b40a78706f3055cd0850d1f"
    assert KEY.certified(STATION, LINE) == "9f657041006da8a7e92384262cbe79584a30edd3d1fd9fa34b3c86ed8b6f96a4"


@pytest.mark.parametrize(
    "other",
    [
        {"n": 7, "ticket": "T7", "name": "别的写法", "employer": "别的厂", "theory": 61.0, "remark": "x"},
        {"id_number": " 999999 19900228 002x"},
        {"id_number": "９９９９９９１９９００２２８００２Ｘ"},
    ],
)
def test_the_same_person_however_the_line_is_written(other: dict[str, Any]) -> None:
    again = LINE.model_copy(update=other)
    assert KEY.person(STATION, again) == KEY.person(STATION, LINE)
    assert KEY.certified(STATION, again) == KEY.certified(STATION, LINE)


@pytest.mark.parametrize(
    ("other", "same_person"),
    [
        ({"id_number": "999999199002280038"}, False),
        ({"id_type": "护照"}, False),
        ({"level": 3}, True),
        ({"occupation": "6-04-01-02"}, True),
    ],
)
def test_another_person_level_or_occupation_is_another_hash(other: dict[str, Any], same_person: bool) -> None:
    changed = LINE.model_copy(update=other)
    assert (KEY.person(STATION, changed) == KEY.person(STATION, LINE)) is same_person
    assert KEY.certified(STATION, changed) != KEY.certified(STATION, LINE)


def test_the_number_of_a_residence_permit_is_one_person_under_both_kinds() -> None:
    """Until it had a kind of its own it stood under resident ID."""
    before = LINE.model_copy(update={"id_type": "身份证", "id_number": "810000199002280021"})
    since = before.model_copy(update={"id_type": "港澳台居民居住证"})
    assert KEY.certified(STATION, since) == KEY.certified(STATION, before)
    assert KEY.person(STATION, since) == KEY.person(STATION, before)


def test_parts_that_run_together_are_not_the_same() -> None:
    one = LINE.model_copy(update={"id_type": "身份证1", "id_number": "2"})
    other = LINE.model_copy(update={"id_type": "身份证", "id_number": "12"})
    assert KEY.person(STATION, one) != KEY.person(STATION, other)


def test_a_body_does_not_matter_and_its_tree_does() -> None:
    assert KEY.certified("49063021", LINE) == KEY.certified(STATION, LINE)
    assert KEY.certified(TWIN, LINE) != KEY.certified(STATION, LINE)
    assert KEY.person(TWIN, LINE) != KEY.person(STATION, LINE)


def test_another_key_is_another_hash_and_none_is_none() -> None:
    other = PersonKey("another key of the tests")
    assert other.person(STATION, LINE) != KEY.person(STATION, LINE)
    assert other.fingerprint != KEY.fingerprint
    assert not PersonKey("").is_set
    with pytest.raises(ValueError, match="no key"):
        PersonKey("").person(STATION, LINE)
    assert "written down" not in repr(KEY)


async def test_the_first_key_is_the_one_in_use(store: SqliteStore) -> None:
    assert await storage.why_not(store, KEY) == ""
    other = PersonKey("another key of the tests")
    for _ in range(2):
        with pytest.raises(Unavailable, match=f"{KEY.fingerprint} is in use, and {other.fingerprint} was set"):
            await storage.must_be_usable(store, other)
    with pytest.raises(Unavailable, match="JIANDING_PERSON_KEY is not set"):
        await storage.must_be_usable(store, PersonKey(""))
    await storage.must_be_usable(store, KEY)


async def test_a_key_that_replaces_another_begins_anew(store: SqliteStore) -> None:
    await storage.must_be_usable(store, KEY)
    await storage.note_all_entered(store, KEY)
    assert await storage.all_entered(store, KEY)
    fresh = PersonKey("another key of the tests", KEY.fingerprint)
    await storage.must_be_usable(store, fresh)
    assert not await storage.all_entered(store, fresh)
    await storage.note_all_entered(store, KEY)
    assert not await storage.all_entered(store, fresh), "the former key was used by a process that had not stopped yet"
    await storage.must_be_usable(store, PersonKey("another key of the tests"))  # it need not be named any more
    with pytest.raises(Unavailable):
        await storage.must_be_usable(store, KEY)


async def test_only_the_version_that_is_being_approved_counts(store: SqliteStore) -> None:
    begun = await storage.begin_approving(store, "r", 4, "i")
    assert begun is not None
    assert await storage.begin_approving(store, "r", 4, "i") is None, "another approval of the same version"
    assert await storage.is_being_approved(store, "r", 4, "i")
    assert not await storage.is_being_approved(store, "r", 5, "i")
    assert not await storage.is_being_approved(store, "r", 4, "other lines")
    later = await storage.begin_approving(store, "r", 6, "i")
    await storage.stand_back(store, begun)
    assert await storage.is_being_approved(store, "r", 6, "i"), "somebody has begun since"
    assert later is not None
    await storage.stand_back(store, later)
    assert not await storage.is_being_approved(store, "r", 6, "i")


async def test_hashes_are_added_where_nobody_holds_them(store: SqliteStore) -> None:
    first, second = (Holder(roster=name, n=1, import_id="i") for name in ("a", "b"))
    assert await storage.add_new(store, {"x": first, "y": first})
    assert not await storage.add_new(store, {"y": second, "z": second})
    known = await storage.claims(store, ["x", "y", "z", "nobody's"])
    assert {hash: [one.roster for one in claim.holders] for hash, claim in known.items()} == {
        "x": ["a"],
        "y": ["a"],
        "z": ["b"],
    }


async def test_a_claim_with_more_in_it_is_still_read(store: SqliteStore) -> None:
    body = {"holders": [{"roster": "a", "n": 1, "import_id": "i", "later": True}], "later": 1}
    await store.add(storage.CERTIFIED, Record("x", body))
    assert (await storage.claims(store, ["x"]))["x"].others("b")[0].roster == "a"
