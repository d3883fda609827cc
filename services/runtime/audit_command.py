"""The operator's question to the audit chains of all services; answers are for people and for a cron job's exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from shared.audit.check import check
from shared.audit.checked import Checked
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
    found = _sentences(checked)
    if what == "heads" and not found:
        print(json.dumps({name: walked.heads for name, walked in checked.items()}, indent=1))
        return 0
    for sentence in found:
        print(sentence, file=sys.stderr)
    if found:
        return 1
    for name, walked in checked.items():
        print(
            f"{name}: {len(walked.heads)} 条链，{walked.entries} 条记录，完好 · {walked.entries} entries, as they were written"
        )
    return 0


async def findings(settings: Settings) -> list[str]:
    """What is not as it was written, in all services; a sentence for each."""
    return _sentences({name: await _check(settings, name, {}) for name in REGISTER.services})


def _sentences(checked: Mapping[str, Checked]) -> list[str]:
    return [f"{name} {one.entry}: {one.what}" for name, walked in checked.items() for one in walked.findings]


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
