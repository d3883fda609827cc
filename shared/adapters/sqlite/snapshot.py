"""Copies of several SQLite files as they all were at one instant, while others go on writing.

What services owe each other lies in several files: a fact leaves one outbox, waits in the bus, and changes another store.
Files that were copied one after the other would show it twice, or nowhere. So for one moment nobody may write to any of
them, and in this moment a snapshot of each is opened; the copying itself holds nobody up. What comes out is what a power
cut at that moment would have left, which is what everything here survives anyhow.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from shared.errors import Invalid, Unavailable

PATIENCE = 1.0  # seconds for one file; for all of them less than those wait who want to write (BUSY_SECONDS)
ATTEMPTS = 20


def copy_at_one_instant(copies: Mapping[Path, Path]) -> None:
    """copies: file → where its copy goes, which must not be there yet; readable by us only.

    Raises Unavailable when a file cannot be read, or somebody never stops writing; Invalid when a copy is damaged."""
    try:
        with contextlib.ExitStack() as stack:
            snapshots = {source: stack.enter_context(contextlib.closing(_open(source))) for source in copies}
            _stop_at_one_instant(snapshots)
            for source, place in copies.items():
                os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                with contextlib.closing(sqlite3.connect(place)) as copy:
                    snapshots[source].backup(copy)
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(f"数据库无法备份 · the database cannot be copied: {error}") from error
    must_be_whole(copies.values())


def must_be_whole(files: Iterable[Path]) -> None:
    """Raises Invalid for the first that SQLite finds damaged."""
    for file in files:
        try:
            with contextlib.closing(_open(file)) as connection:
                said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            raise Invalid(f"{file.name} 已损坏 · is damaged: {said}")


def _open(file: Path) -> sqlite3.Connection:
    """Never makes one that is not there."""
    where = f"file:{quote(str(file.absolute()))}?mode=rw"
    return sqlite3.connect(where, uri=True, timeout=PATIENCE, isolation_level=None)


def _stop_at_one_instant(snapshots: Mapping[Path, sqlite3.Connection]) -> None:
    """Everybody else holds one file at a time, so nobody waits in a circle."""
    for attempt in range(ATTEMPTS):
        with contextlib.ExitStack() as stack:
            try:
                for source in snapshots:
                    lock = stack.enter_context(contextlib.closing(_open(source)))
                    lock.execute("BEGIN IMMEDIATE")
                for snapshot in snapshots.values():
                    snapshot.execute("BEGIN")
                    snapshot.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from here on it stands still
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or attempt == ATTEMPTS - 1:
                    raise
                for snapshot in snapshots.values():
                    if snapshot.in_transaction:
                        snapshot.execute("ROLLBACK")
