"""What the chains say, held against the documents' own histories: both are read in order, side by side, a page at a time.

Documents come by their id and entries by their act, which begins with it. The two orders are the same but for ids that
differ first in a character below `#`; so what has no counterpart yet waits until the other side has certainly passed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.audit import chain as audit
from shared.audit.checked import Checked
from shared.ports import GET_TOGETHER, Kind, Record, Store, every_page

MANY = 10_000
END = "\U0010ffff"  # behind every id and every act

Row = Mapping[str, Any]


async def hold_against_histories(store: Store, checked: Checked, kinds: Sequence[Kind]) -> None:
    """Adds what a chain lacks or tells otherwise, each; the acts that stand twice, the first of a chain; and of those that
    their documents do not know any more the first. Raises Unavailable."""
    removed = [act] if (act := await _of_no_kind(store, kinds)) else []
    for kind in kinds:
        side_by_side = _SideBySide(store, checked, kind)
        await side_by_side.read()
        removed += side_by_side.removed
    if removed:
        checked.find(min(removed), "已从单据的经历中删除 · was removed from the document's own history")


async def _of_no_kind(store: Store, kinds: Sequence[Kind]) -> str:
    """The first act of a document that cannot be there; usually it costs a question for each kind."""
    low = ""
    for name in sorted(f"{kind.name}/" for kind in kinds):
        if act := await _first_act(store, low, name):
            return act
        low = _behind(name)
    return await _first_act(store, low, END)


async def _first_act(store: Store, low: str, high: str) -> str:
    page = await store.find(audit.ENTRIES.name, between=("act", low, high), sort="act", limit=1)
    return str(page.records[0].body["act"]) if page.records else ""


def _behind(name: str) -> str:
    """The first text behind all that begin with `<kind>/`."""
    return name.removesuffix("/") + chr(ord("/") + 1)


class _SideBySide:
    """The documents of one kind, and the acts of the chains that say they are theirs."""

    def __init__(self, store: Store, checked: Checked, kind: Kind) -> None:
        self.removed: list[str] = []
        """The first act that its document does not know any more, if there is one."""
        self._store, self._checked, self._kind = store, checked, kind
        self._rows: dict[str, Row] = {}
        """Act → row of a history, not met in the chains yet."""
        self._told: dict[str, Row] = {}
        """Act → what an entry tells of it, its document not read yet."""
        self._document = ""
        """Id of the last document that was read."""
        self._act = ""
        """Act of the last entry that was read."""

    async def read(self) -> None:
        name = self._kind.name
        documents = every_page(self._store, name)
        entries = every_page(
            self._store, audit.ENTRIES.name, between=("act", f"{name}/", _behind(f"{name}/")), sort="act"
        )
        while self._document != END or self._act != END:
            if self._act > audit.act_id(name, self._document, 0) and self._document != END:
                self._document = self._documents(await anext(documents, []))
            else:
                self._act = self._entries(await anext(entries, []))
            await self._settle()

    def _documents(self, page: list[Record]) -> str:
        for record in page:
            for row in record.body.get("history", ()):
                if not row.get("n"):  # rows from before there was a chain have no number
                    continue
                act = audit.act_id(self._kind.name, record.id, row["n"])
                if act in self._told:
                    self._compare(act, self._told.pop(act), row)
                else:
                    self._rows[act] = row
        return page[-1].id if page else END

    def _entries(self, page: list[Record]) -> str:
        before = self._act
        for record in page:
            act, told = record.body["act"], record.body["told"]
            if act == before:
                self._checked.find_in_chain(record.body["chain"], record.id, "重复记录 · stands in the chain twice")
            elif act in self._rows:
                self._compare(act, told, self._rows.pop(act))
            else:
                self._told[act] = told
            before = act
        return before if page else END

    def _compare(self, act: str, told: Row, row: Row) -> None:
        if told != row:
            self._checked.find(act, "与链中不符 · differs from what the chain says")

    async def _settle(self) -> None:
        """Whatever the other side has passed has no counterpart there."""
        missing = [act for act in self._rows if act <= self._act]
        for act in missing:
            del self._rows[act]
        for act in await self._lacking(missing):
            self._checked.find(act, "在链中没有 · is missing in the chain")
        alone = {act: told for act, told in self._told.items() if audit.document_of(act)[1] <= self._document}
        for act in alone:
            del self._told[act]
        await self._look_again(alone)

    async def _lacking(self, acts: list[str]) -> list[str]:
        """Of these those that do not stand in an outbox still, nor came to a chain while we read."""
        if not acts:
            return []
        waiting = await self._store.pending(MANY)
        on_their_way = {audit.act_id(one.kind, one.id, row.n) for one in waiting for row in one.rows}
        return [
            act
            for act in acts
            if act not in on_their_way and not await self._store.count(audit.ENTRIES.name, {"act": act})
        ]

    async def _look_again(self, alone: Mapping[str, Row]) -> None:
        """Acts go on while we read: the document itself says now whether it knows them."""
        ids = sorted({audit.document_of(act)[1] for act in alone})
        there: dict[str, Record] = {}
        for first in range(0, len(ids), GET_TOGETHER):
            found = await self._store.get_many(self._kind.name, ids[first : first + GET_TOGETHER])
            there |= {record.id: record for record in found}
        for act, told in alone.items():
            document = there.get(audit.document_of(act)[1])
            if document is None and self._kind.expires:
                continue  # it was deleted since; the chain keeps what was done
            row = _row_of(document, act)
            if row is None:
                self.removed = [min([act, *self.removed])]
            else:
                self._compare(act, told, row)


def _row_of(document: Record | None, act: str) -> Row | None:
    if document is None:
        return None
    rows: Iterable[Row] = document.body.get("history", ())
    return next((row for row in rows if row.get("n") == int(act.rpartition("#")[2])), None)
