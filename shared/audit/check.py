"""Is the audit chain what was written? Every chain is walked, and held against the documents' own histories.

An entry changed by hand does not fit its hash; one taken out leaves a gap; a tail cut off is missed by the head. Whoever
mends the chain after that, head and all, still meets the histories in the documents, and heads that were kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.audit import chain as audit
from shared.ports import Kind, Record, Store, every_record

MANY = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """entry: `<body>#<number>` of the chain, or `<kind>/<id>#<row>` of a document's history."""

    entry: str
    what: str


@dataclass
class Checked:
    """What a walk over one service's chains saw."""

    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)
    """The first of each chain; and of documents those whose history does not fit."""


async def check(store: Store, kinds: Iterable[Kind], kept: Mapping[str, tuple[int, str]] | None = None) -> Checked:
    """kinds: all collections of the service. kept: heads of an earlier check that was kept elsewhere."""
    checked, chained = Checked(), dict[str, str]()
    heads = {record.id: record async for record in every_record(store, audit.HEADS.name)}
    for chain in sorted(heads.keys() | (kept or {}).keys()):
        await _walk(store, checked, chained, chain, heads.get(chain), (kept or {}).get(chain))
    if not checked.findings and await store.count(audit.ENTRIES.name) > checked.entries:
        async for record in every_record(store, audit.ENTRIES.name):
            if record.body["chain"] not in checked.heads and not await _head_now(store, record.body["chain"]):
                checked.findings.append(Finding(record.id, "链头被删除 · the head of its chain was removed"))
                break
    await _hold_against_histories(store, checked, chained, kinds)
    return checked


async def _walk(
    store: Store,
    checked: Checked,
    chained: dict[str, str],
    chain: str,
    head: Record | None,
    kept: tuple[int, str] | None,
) -> None:
    """chained: act → hash of its history entry, as the chains say.

    Adds at most one finding: what comes after a broken link says nothing any more."""
    n, before, found = 0, audit.START, ""
    async for record in every_record(store, audit.ENTRIES.name, {"chain": chain}, sort="n"):
        n, entry = n + 1, record.body
        checked.entries += 1
        found = found or _fault(entry, n, before, kept)
        found = found or ("重复记录 · stands in the chain twice" if entry["act"] in chained else "")
        if found and not any(one.entry.startswith(f"{chain}#") for one in checked.findings):
            checked.findings.append(Finding(audit.entry_id(chain, n), found))
        chained[entry["act"]] = audit.hash_of(entry["told"])
        before = entry["hash"]
    if found:
        return
    stored = (head.body["n"], head.body["hash"]) if head else (0, audit.START)
    last = max(stored[0], kept[0] if kept else 0)
    if n < last:
        checked.findings.append(
            Finding(
                audit.entry_id(chain, n + 1), f"末尾 {last - n} 条被删除 · the last {last - n} entries were removed"
            )
        )
    elif n == stored[0] and before != stored[1]:
        checked.findings.append(Finding(audit.entry_id(chain, n), "与链头不符 · does not fit the head of its chain"))
    elif n > stored[0] + 1 and n > await _head_now(store, chain) + 1:
        checked.findings.append(Finding(audit.entry_id(chain, stored[0] + 1), "链头被改小 · the head was set back"))
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


async def _hold_against_histories(
    store: Store, checked: Checked, chained: dict[str, str], kinds: Iterable[Kind]
) -> None:
    if checked.findings:
        return  # the chain itself is broken: that is the finding, and everything after it would repeat it
    for kind in kinds:
        there: set[str] = set()
        async for record in every_record(store, kind.name):
            there.add(record.id)
            for entry in record.body.get("history", ()):
                act = audit.act_id(kind.name, record.id, entry.get("n", 0))
                if not entry.get("n"):  # rows from before there was a chain have no number
                    continue
                known = chained.pop(act, None)
                if known is None and not await _on_its_way(store, act):
                    checked.findings.append(Finding(act, "在链中没有 · is missing in the chain"))
                elif known is not None and known != audit.hash_of(entry):
                    checked.findings.append(Finding(act, "与链中不符 · differs from what the chain says"))
        if kind.expires:  # of those that were deleted since the chain keeps what was done
            gone = [act for act in chained if (of := audit.document_of(act))[0] == kind.name and of[1] not in there]
            for act in gone:
                del chained[act]
    if chained:
        act = min(chained)
        checked.findings.append(Finding(act, "已从单据的经历中删除 · was removed from the document's own history"))


async def _on_its_way(store: Store, act: str) -> bool:
    """It stands in an outbox still, or came to the chain while we walked."""
    if any(audit.act_id(one.kind, one.id, row.n) == act for one in await store.pending(MANY) for row in one.rows):
        return True
    return await store.count(audit.ENTRIES.name, {"act": act}) > 0
