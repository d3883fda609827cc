"""Messages that are nearly ours, or not at all: seeded, so that a failure can be repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import shared.contracts

EXAMPLES = sorted((Path(shared.contracts.__file__).parent / "examples").glob("*.json"))

STRANGE_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "\0",
    "\ud800",
    "\u202e\u0000甲",
    "9" * 5000,
    "x" * 70_000,
    [],
    {},
    {"$set": {"a.b": 1}},
    [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]],
    "2026-02-30",
    "0001-01-01T00:00:00+23:59",
    "9999999999",
    "/49000001/../",
)

PATHOLOGICAL: tuple[bytes, ...] = (
    b"",
    b"\0",
    b"null",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"1" * 100_000,
    b'"' + b"\\u0000" * 10_000 + b'"',
    b"\xff" * 300_000,
    b"\xed\xa0\x80" * 100,
    "语".encode() * 100_000,
    b'{"id":"' + b"x" * 260_000 + b'"}',
    b" " * 300_000 + b"{}",
    b'{"data":' + b"[" * 150 + b"]" * 150 + b"}",
)


def messages(seed: int, count: int) -> Iterator[bytes]:
    """Mutations of the golden examples, and now and then something that was never a message."""
    random = Random(seed)
    examples = [path.read_bytes().strip() for path in EXAMPLES]
    for _ in range(count):
        kind, example = random.random(), random.choice(examples)
        if kind < 0.01:
            yield random.choice(PATHOLOGICAL)
        elif kind < 0.4:
            yield _bytes_changed(random, example)
        else:
            yield _values_changed(random, example)


def _bytes_changed(random: Random, wire: bytes) -> bytes:
    changed = bytearray(wire)
    for _ in range(random.randint(1, 8)):
        start = random.randrange(len(changed) + 1)
        end = min(len(changed), start + random.choice((0, 1, 1, 2, 20)))
        changed[start:end] = random.choice(
            (b"", b"\0", b"\xff", b'"', b"{", b"]", b"\\", random.randbytes(3), wire[:30])
        )
    if random.random() < 0.2:
        del changed[random.randrange(len(changed) + 1) :]
    return bytes(changed)


def _values_changed(random: Random, wire: bytes) -> bytes:
    content = json.loads(wire)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        inside = random.choice((content, content, content.get("data")))
        if not isinstance(inside, dict) or not inside:
            continue
        name = random.choice(sorted(inside))
        match random.randrange(4):
            case 0:
                del inside[name]
            case 1:
                inside[random.choice(("", "$where", "a.b", "\0", "extra"))] = inside[name]
            case 2:
                inside[name] = json.loads(random.choice(EXAMPLES).read_text(encoding="utf-8")).get(name)
            case 3:
                inside[name] = random.choice(STRANGE_VALUES)
    return json.dumps(content, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")
