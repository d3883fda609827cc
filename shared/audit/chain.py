"""The audit chain: every act of an officer, append-only, each entry holding the hash of the one before, one chain a body.

An act is first written into the history of the document it changed, with a row in that document's outbox; the relay
brings the row here. So an act cannot happen without its entry, and a repeat of the relay appends nothing twice.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from shared.errors import Stale
from shared.ports import Kind, Outgoing, Record, Store

ENTRIES = Kind("audit", indexes=(("act",), ("chain", "n"), ("chain", "path"), ("path",)))
HEADS = Kind("audit_head")
KINDS = (ENTRIES, HEADS)
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
HOUSE = "house"  # the chain of what concerns no body: parked messages, keys
START = "sha256:" + "0" * 64
"""What the first entry of a chain names as the hash before it."""


def entry_id(chain: str, n: int) -> str:
    return f"{chain}#{n:09d}"


def act_id(kind: str, id: str, n: int) -> str:
    """Where an act stands: row n of the document's outbox, which is `n` of its history entry."""
    return f"{kind}/{id}#{n:09d}"


def document_of(act: str) -> tuple[str, str]:
    """Kind and id of the document where an act stands."""
    kind, _, rest = act.partition("/")
    return kind, rest.rpartition("#")[0]


def hash_of(body: dict[str, Any]) -> str:
    """Over everything an entry holds but its own hash; `before` ties it to the entry in front."""
    hashed = {name: value for name, value in body.items() if name != "hash"}
    return "sha256:" + hashlib.sha256(_CANONICAL.encode(hashed).encode()).hexdigest()


async def append(store: Store, kind: str, id: str, row: Outgoing) -> None:
    """Append one act of the document (kind, id) to the chain `row.key`. Safe to repeat.

    Raises Stale when two relays append at the same time: the row stays in its outbox and comes again."""
    act, chain = act_id(kind, id, row.n), row.key
    # The head before the question: whatever another relay appends after it takes our place, and we come again.
    head = await store.get(HEADS.name, chain) or Record(chain, {"n": 0, "hash": START}, version=0)
    if await store.count(ENTRIES.name, {"act": act}):
        return
    n = head.body["n"] + 1
    body = {"chain": chain, "n": n, "act": act, **row.headers, "told": _history_entry(row), "before": head.body["hash"]}
    body["hash"] = hash_of(body)
    if not await store.add(ENTRIES.name, Record(entry_id(chain, n), body)):
        await _catch_up(store, head, n)
        raise Stale
    await _move_head(store, head, n, body["hash"])


def _history_entry(row: Outgoing) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(row.wire)
    return entry


async def _catch_up(store: Store, head: Record, n: int) -> None:
    """An entry stands in front of its head: somebody died between the two writes, or is just about to do the second."""
    standing = await store.get(ENTRIES.name, entry_id(head.id, n))
    assert standing is not None
    await _move_head(store, head, n, standing.body["hash"])


async def _move_head(store: Store, head: Record, n: int, hash_: str) -> None:
    body = {"n": n, "hash": hash_}
    if head.version:
        await store.put(HEADS.name, Record(head.id, body, head.version))
    elif not await store.add(HEADS.name, Record(head.id, body)):
        raise Stale
