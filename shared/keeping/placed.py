"""Which documents of a service stand at a place of the tree, or below it: asked of what it declares, not of a list of nouns."""

from __future__ import annotations

from collections.abc import Iterable

from shared.contracts.placed import PlacedDocument, PlacedDocuments
from shared.ports import Kind, Store


def holding(kinds: Iterable[Kind]) -> list[Kind]:
    """Those whose documents hold a body where it is: they carry its place for their own sake (`Kind.follows`), and are
    found by it."""
    return [kind for kind in kinds if not kind.follows and any(fields[0] == "path" for fields in kind.indexes)]


def below(path: str) -> tuple[str, str, str]:
    """What `Store.find` is asked for everything at a place and below it."""
    return ("path", path, path + "\uffff")


async def first_of_each(store: Store, kinds: Iterable[Kind], path: str) -> PlacedDocuments:
    """path: a body's, with its last slash. Raises Unavailable."""
    found: list[PlacedDocument] = []
    for kind in holding(kinds):
        page = await store.find(kind.name, between=below(path), sort="path", limit=1)
        found += [PlacedDocument(kind=kind.name, id=record.id) for record in page.records]
    return PlacedDocuments(items=found)
