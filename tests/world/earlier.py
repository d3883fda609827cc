"""Houses that open what earlier releases left in their stores (`tests/stores/`)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.world.house import House

STORES = Path(__file__).parents[1] / "stores"
RELEASES = [path.stem for path in sorted(STORES.glob("*.json"))]


def documents(release: str) -> dict[str, list[dict[str, Any]]]:
    """By service, as they were written."""
    found: dict[str, list[dict[str, Any]]] = json.loads((STORES / f"{release}.json").read_text(encoding="utf-8"))
    return found


async def house_of(release: str, folder: Path) -> House:
    """Nothing has been told or asked in it yet. To be closed by who opens it."""
    house, written = House(folder), documents(release)
    for service, store in house.stores.items():
        await store.prepare()
        with closing(sqlite3.connect(folder / "data" / f"{service}.sqlite")) as file, file:
            file.executemany(
                "INSERT INTO document (kind, id, version, facts, body) VALUES (:kind, :id, :version, :facts, :body)",
                [{**row, "body": json.dumps(row["body"], ensure_ascii=False)} for row in written.get(service, [])],
            )
    await house.seed_machines()
    return house
