"""The operator's question to the audit chains of all services; answers are for people and for a cron job's exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from shared.audit.check import Checked, check
from shared.errors import Invalid
from shared.settings import Settings

Heads = dict[str, dict[str, tuple[int, str]]]
"""service → chain → (number of entries, hash of the last)"""


async def run(settings: Settings, what: str, against: Path | None) -> int:
    """verify: 0 when all is as it was written, 1 with the first entry of each chain that is not. heads: print them.

    Raises Invalid when the database lets us read one service only."""
    user = urlsplit(wiring.store_url(settings)).username
    if user in REGISTER.services:
        raise Invalid(
            f"数据库用户 {user} 只能读取本服务的数据 · reads only its own service's database, and the chains of all are asked "
            "for: docker compose run --rm provision audit verify"
        )
    kept = _read(against) if against else {}
    checked = {name: await _check(settings, name, kept.get(name, {})) for name in REGISTER.services}
    found = [(name, finding) for name, walked in checked.items() for finding in walked.findings]
    if what == "heads" and not found:
        print(json.dumps({name: walked.heads for name, walked in checked.items()}, indent=1))
        return 0
    for name, finding in found:
        print(f"{name} {finding.entry}: {finding.what}", file=sys.stderr)
    if found:
        return 1
    for name, walked in checked.items():
        print(
            f"{name}: {len(walked.heads)} 条链，{walked.entries} 条记录，完好 · {walked.entries} entries, as they were written"
        )
    return 0


async def _check(settings: Settings, name: str, kept: dict[str, tuple[int, str]]) -> Checked:
    store = wiring.open_store(settings, name, REGISTER.declared[name].kinds)
    try:
        return await check(store, (*REGISTER.declared[name].kinds, *wiring.MACHINERY), kept)
    finally:
        await store.close()


def _read(path: Path) -> Heads:
    """Raises Invalid when the file holds no heads."""
    try:
        heads = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: {chain: (int(n), str(hash_)) for chain, (n, hash_) in chains.items()}
            for name, chains in heads.items()
        }
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise Invalid(f"{path} 不是 `audit heads` 的输出 · holds no heads: {error}") from error
