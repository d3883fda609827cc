"""Is the audit chain what was written? Every chain is walked, and held against the documents' own histories.

An entry changed by hand does not fit its hash; one taken out leaves a gap; a tail cut off is missed by the head. Whoever
mends the chain after that, head and all, still meets the histories in the documents, and heads that were kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared.audit import chain as audit
from shared.audit.checked import Checked
from shared.audit.histories import hold_against_histories
from shared.ports import Kind, Record, Store, every_record


async def check(store: Store, kinds: Iterable[Kind], kept: Mapping[str, tuple[int, str]] | None = None) -> Checked:
    """kinds: all collections of the service. kept: heads of an earlier check that was kept elsewhere.

    Holds a page of entries and one of documents at a time, however many there are. Raises Unavailable."""
    checked = Checked()
    heads = {record.id: record async for record in every_record(store, audit.HEADS.name)}
    for chain in sorted(heads.keys() | (kept or {}).keys()):
        await _walk(store, checked, chain, heads.get(chain), (kept or {}).get(chain))
    if not checked.findings and await store.count(audit.ENTRIES.name) > checked.entries:
        async for record in every_record(store, audit.ENTRIES.name):
            if record.body["chain"] not in checked.heads and not await _head_now(store, record.body["chain"]):
                checked.find(record.id, "链头被删除 · the head of its chain was removed")
                break
    if not checked.findings:  # else the chain itself is broken: everything after that would repeat it
        await hold_against_histories(store, checked, tuple(kinds))
    return checked


async def _walk(store: Store, checked: Checked, chain: str, head: Record | None, kept: tuple[int, str] | None) -> None:
    n, before, found = 0, audit.START, ""
    async for record in every_record(store, audit.ENTRIES.name, {"chain": chain}, sort="n"):
        n, entry = n + 1, record.body
        checked.entries += 1
        found = found or _fault(entry, n, before, kept)
        if found:
            checked.find_in_chain(chain, audit.entry_id(chain, n), found)
        before = entry["hash"]
    if found:
        return
    stored = (head.body["n"], head.body["hash"]) if head else (0, audit.START)
    last = max(stored[0], kept[0] if kept else 0)
    if n < last:
        checked.find(
            audit.entry_id(chain, n + 1), f"末尾 {last - n} 条被删除 · the last {last - n} entries were removed"
        )
    elif n == stored[0] and before != stored[1]:
        checked.find(audit.entry_id(chain, n), "与链头不符 · does not fit the head of its chain")
    elif n > stored[0] + 1 and n > await _head_now(store, chain) + 1:
        checked.find(audit.entry_id(chain, stored[0] + 1), "链头被改小 · the head was set back")
    # One entry in front of its head is no fault: the relay died, or is just, between the two writes.
    checked.heads[chain] = (n, before)


def _fault(entry: Mapping[str, Any], n: int, before: str, kept: tuple[int, str] | None) -> str:
    if entry["n"] != n:
        return f"缺少此条，其后为第 {entry['n']} 条 · was removed; the next one there is number {entry['n']}"
    if entry["before"] != before or audit.hash_of(dict(entry)) != entry["hash"]:
        return "内容被改动 · was altered"
    if kept and kept[0] == n and kept[1] != entry["hash"]:
        return "与另存的链头不符 · is not what was kept elsewhere"
    return ""


async def _head_now(store: Store, chain: str) -> int:
    """Acts go on while we walk."""
    head = await store.get(audit.HEADS.name, chain)
    return int(head.body["n"]) if head else 0
