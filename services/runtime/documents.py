"""The pages that are made from what services declare: events, settings, access, and the broker's definitions.

`make docs` writes them, a test holds them against the code. A page keeps what people wrote above its mark.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from typing_extensions import Doc

from services.runtime.catalogue import REGISTER, WholeSettings
from shared.adapters.rabbitmq.definitions import definitions
from shared.contracts.envelope import Fact
from shared.register.access import Row
from shared.settings import PREFIX
from shared.trade.roles import NAMES, Role

MARK = "<!-- From here on this page is made by `make docs`. -->"


def documents(root: Path) -> dict[Path, str]:
    """Every made file with what it should hold."""
    pages: dict[str, Callable[[], str]] = {"events": _events, "settings": _settings, "access": _access}
    made = {root / "docs" / f"{name}.md": page for name, page in pages.items()}
    whole = {path: f"{_written_by_people(path)}{MARK}\n\n{page()}" for path, page in made.items()}
    broker = json.dumps(definitions(REGISTER.topology()), indent=2, ensure_ascii=False) + "\n"
    return {**whole, root / "deploy" / "rabbitmq" / "definitions.json": broker}


def write(root: Path) -> None:
    for path, text in documents(root).items():
        path.write_text(text, encoding="utf-8")


def _written_by_people(path: Path) -> str:
    above, mark, _ = path.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise ValueError(f"{path} has no mark under which to write: {MARK}")
    return above


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Text outside code: `<` would be taken for a tag, `|` for a column."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(tuple(head))}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _plain(text: str) -> str:
    return text.replace("|", "/").replace("<", "\\<")


# --- events ---------------------------------------------------------------------------------------------------------


def _events() -> str:
    return "\n".join(_fact(service, fact) for service, one in REGISTER.declared.items() for fact in one.facts)


def _fact(service: str, fact: type[Fact]) -> str:
    takers = [f"`{queue.name}`" for queue in REGISTER.topology().queues if fact.TYPE in queue.takes]
    rows = [(f"`{name}`", _plain(meaning_of(field))) for name, field in fact.model_fields.items()]
    folder = "../shared/contracts"
    return f"""### {fact.TYPE}

{fact.ABOUT}

Written by `{service}`, taken by {", ".join(takers)}. Subject: {fact.SUBJECT}.

{_table(("field", "meaning"), rows)}
[schema]({folder}/schemas/{fact.TYPE}.json) · [example]({folder}/examples/{fact.TYPE}.json)
"""


def meaning_of(field: FieldInfo) -> str:
    """What people are told about a field of a fact: said for the page alone, or in the schema too."""
    sentences = [one.documentation for one in field.metadata if isinstance(one, Doc)]
    return sentences[-1] if sentences else field.description or ""


# --- settings -------------------------------------------------------------------------------------------------------


def _settings() -> str:
    owners = {name: one.service for one in REGISTER.declared.values() for name in one.settings.model_fields}
    rows = [
        (f"`{PREFIX}{name.upper()}`", _default(field), owners.get(name, ""), _plain(field.description or ""))
        for name, field in WholeSettings.model_fields.items()
    ]
    return _table(("variable", "default", "of", "meaning"), rows)


def _default(field: FieldInfo) -> str:
    value: Any = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return "" if value in ("", None) else f"`{value}`"


# --- access ---------------------------------------------------------------------------------------------------------


def _access() -> str:
    names = _table(("role", "角色", "meaning"), ((f"`{role.value}`", *NAMES[role]) for role in Role))
    parts = [names]
    for service in REGISTER.services:
        rows = {key: row for key, row in sorted(REGISTER.access.items(), key=_by_path) if f" /{service}/" in key}
        parts.append(
            f"### {service}\n\n{_table(('endpoint', 'who'), ((f'`{key}`', _who(row)) for key, row in rows.items()))}"
        )
    return "\n".join(parts)


def _by_path(item: tuple[str, Row]) -> tuple[str, str]:
    method, _, path = item[0].partition(" ")
    return path, method


def _who(row: Row) -> str:
    if not row.roles:
        return "anybody, without signing in"
    if row.roles == frozenset(Role):
        return "whoever is signed in"
    callers = [f"`{role.value}`" for role in Role if role in row.roles and role != Role.SERVICE]
    if Role.SERVICE in row.roles:
        callers.append(f"services: {', '.join(f'`{name}`' for name in row.services) or 'all'}")
    return ", ".join(callers)
