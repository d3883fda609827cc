"""What was measured, as a line of JSON that is kept and as a table for whoever sits in front of it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.bench.row import Figure, Place, Row

NARROWEST = 140  # columns of a table, also where the output is no terminal


def line(name: str, row: Row, place: Place, size: int, figures: list[Figure], load: float) -> dict[str, Any]:
    """load: runnable processes in the minute before; well above 0 says that the machine was not quiet."""
    return {
        "what": name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "cores": os.cpu_count(),
            "model": _model(),
            "python": platform.python_version(),
            "load_before": round(load, 2),
        },
        "home": {"url": place.url} if place.url else {"store": _kind(place.store), "bus": _kind(place.bus)},
        "size": size,
        "goal": row.goal,
        "figures": [
            {
                "what": one.what,
                "ours": _short(one.ours),
                "peer": _short(one.peer),
                "ratio": _short(one.ratio),
                "unit": one.unit,
                "beside": one.beside,
            }
            for one in figures
        ],
    }


def append(folder: Path, written: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{written['what']}.jsonl").open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(written, ensure_ascii=False) + "\n")


def show(written: list[dict[str, Any]]) -> None:
    console = Console()
    console.width = max(console.width, NARROWEST)
    for one in written:
        table = Table(title=f"{one['what']} {one['size']}，目标 goal: {one['goal']}", title_justify="left")
        for head in ("内容 what", "本系统 ours", "对照 peer", "比值 ratio", "对照物 beside"):
            table.add_column(head)
        for figure in one["figures"]:
            ours, peer = (
                "–" if figure[side] is None else f"{figure[side]:g} {figure['unit']}" for side in ("ours", "peer")
            )
            ratio = "–" if figure["ratio"] is None else f"{figure['ratio']:g}"
            table.add_row(figure["what"], ours, peer, ratio, figure["beside"])
        console.print(table)


def _short(number: float | None) -> float | None:
    """Three digits are more than any of this is exact to."""
    return None if number is None else float(f"{number:.3g}")


def _kind(address: str) -> str:
    return address.partition(":")[0] or "sqlite"


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (one.partition(":")[2].strip() for one in lines if one.startswith("model name"))
    return next(named, platform.machine())


def _commit() -> str:
    """With a + where something was changed since; empty outside a checkout."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip()
