"""`jianding bench`: the rows asked for, each size in a process of its own, so that none inherits another's memory."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from services.bench import record, rows
from services.bench.row import Figure, NotHere, Place, Row


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="jianding bench")
    parser.add_argument("what", nargs="*", metavar="WHAT", help=" | ".join(names()) + "; default: all, in quick sizes")
    parser.add_argument("--size", "--candidates", type=int, help="this size only, instead of those of the row")
    parser.add_argument("--store", default="", help="mongodb://…; default: SQLite below the folder")
    parser.add_argument("--bus", default="", help="amqp://…; default: SQLite below the folder")
    parser.add_argument("--url", default="", help="a running deployment, for the roads; else one is started here")
    parser.add_argument("--folder", type=Path, default=Path("var") / "bench")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.what) - set(names()))
    if unknown:
        parser.error(f"没有此项 · no such row: {', '.join(unknown)}; {', '.join(names())}")
    on_servers = bool(chosen.store or chosen.bus)
    written = []
    for name, row in found().items():
        if chosen.what and name not in chosen.what:
            continue
        if on_servers and not row.servers:
            print(f"{name}: 与服务器无关，略过 · has nothing to do with servers, left out", file=sys.stderr)
            continue
        sizes = (chosen.size,) if chosen.size else row.sizes if chosen.what else (row.quick,)
        for size in sizes:
            print(f"{name} {size} …", file=sys.stderr, flush=True)
            place = Place(chosen.folder / "work" / name, chosen.store, chosen.bus, chosen.url)
            load = os.getloadavg()[0]
            try:
                figures = _measured(name, place, size)
            except NotHere as lacking:
                print(f"{name}: 略过 · left out: {lacking}", file=sys.stderr)
                break
            written.append(record.line(name, row, place, size, figures, load))
            record.append(chosen.folder, written[-1])
    record.show(written)
    return 0


def _measured(name: str, place: Place, size: int) -> list[Figure]:
    """Raises NotHere."""
    shutil.rmtree(place.folder, ignore_errors=True)
    place.folder.mkdir(parents=True)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as own:
        figures = own.submit(measure, name, place, size).result()
    shutil.rmtree(place.folder)
    return figures


def measure(name: str, place: Place, size: int) -> list[Figure]:
    """In the process of the row."""
    return row_of(name).measure(place, size)


def found() -> dict[str, Row]:
    """Every row by its name, which is what its module is called."""
    return {name: row_of(name) for name in names()}


def row_of(name: str) -> Row:
    row: Row = import_module(f"{rows.__name__}.{name}").ROW
    return row


def names() -> list[str]:
    """Without loading any of them."""
    return sorted(one.name for one in iter_modules(rows.__path__))
