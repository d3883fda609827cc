"""What stands in or around a message: something usable comes out, whatever stood there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.envelope import LARGEST_READ
from shared.messaging.reading import MOST, Label, count, instant, label, text

NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)
ENVELOPE = {"id": "/reporting/roster/x#1", "type": "cn.jianding.roster.approved.v1", "correlationid": "c"}


def test_the_label_of_an_envelope() -> None:
    expected = Label(ENVELOPE["id"], ENVELOPE["type"], "c")
    assert label(json.dumps(ENVELOPE)) == label(json.dumps(ENVELOPE).encode()) == expected


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"id":' * 100_000,
        b'{"id":' + b"1" * 5000 + b"}",
        b'{"id":"\\ud800"}',
        b"\xff",
        "\ud800",
        json.dumps(ENVELOPE).encode("utf-16"),
        b'{"id": "x"}' + b" " * LARGEST_READ,
        b'{"id": {"a": 1}, "type": 7}',
    ],
)
def test_what_has_no_label(wire: bytes | str) -> None:
    assert label(wire) == Label()


def test_a_label_is_short_and_each_part_stands_for_itself() -> None:
    assert label(json.dumps({**ENVELOPE, "id": "x" * 256, "type": "语" * 86})) == Label("", "", "c")
    assert label(json.dumps({"id": "语" * 85})) == Label("语" * 85)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (3, 3),
        ("3", 3),
        (b"3", 3),
        (bytearray(b"03"), 3),
        (0, 0),
        (MOST + 1, MOST),
        ("9" * 20, MOST),
        (2**63, MOST),
        (2**70, 0),
        ("9" * 21, 0),
        ("9" * 5000, 0),
        (-3, 0),
        ("-3", 0),
        (" 3", 0),
        ("３", 0),
        ("٣", 0),
        (1.5, 0),
        (float("nan"), 0),
        (True, 0),
        (None, 0),
        ("many", 0),
        ([3], 0),
        ({"3": 3}, 0),
    ],
)
def test_counts(value: Any, read: int) -> None:
    assert count(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("why", "why"),
        (b"\xe9\x94\x99", "错"),
        (b"\xff!", "\ufffd!"),
        ("half \ud800", "half \\ud800"),
        (7, "7"),
        (2**64 - 1, "18446744073709551615"),
        (2**64, ""),
        (-(2**64), ""),
        (None, ""),
        (True, ""),
        ([], ""),
        ({"a": 1}, ""),
        ("错" * 3000, "错" * 1000),
        ("\ud800" * 3000, ("\\ud800" * 1000)[:1000]),
    ],
)
def test_texts(value: Any, read: str) -> None:
    assert text(value) == read
    text(value).encode()


@pytest.mark.parametrize("value", ["2000-01-01T00:00:00+00:00", "2199-12-31T23:59:59.999999+00:00"])
def test_the_first_and_the_last_instant_of_ours(value: str) -> None:
    assert instant(value) == datetime.fromisoformat(value)


@pytest.mark.parametrize(
    "value",
    [NOON, NOON.isoformat(), "2026-04-03T12:00:00+08:00", b"2026-04-03T04:00:00Z"],
)
def test_instants(value: Any) -> None:
    assert instant(value) == NOON
    assert instant(value).tzinfo is UTC  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "yesterday",
        "2026-04-03T04:00:00",
        datetime(2026, 4, 3),  # noqa: DTZ001 - that is the point
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2200, 1, 1, tzinfo=UTC),
        "2026-04-03T04:00:00+99:00",
        ["2026-04-03T04:00:00Z"],
    ],
)
def test_what_is_no_instant_of_ours(value: Any) -> None:
    assert instant(value) is None
