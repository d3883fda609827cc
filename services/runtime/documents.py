"""The pages that are made from what services declare: events, settings, access, in both languages; the AsyncAPI document with
its page; and the broker's definitions.

`make docs` writes them, a test holds them against the code. A page keeps what people wrote above its mark. Whatever is
declared is said as "中文 · English", so both pages come from one sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from services.runtime.asyncapi import page
from services.runtime.asyncapi.document import document, meaning_of
from services.runtime.catalogue import REGISTER, WholeSettings
from shared.adapters.rabbitmq.definitions import definitions
from shared.contracts.envelope import Fact, Reader
from shared.register.access import Row
from shared.settings import PREFIX
from shared.trade.roles import NAMES, Role
from shared.words import Pair

MARK = "<!-- From here on this page is made by `make docs`. -->"
CHINESE = ".zh-CN"


@dataclass(frozen=True, slots=True)
class Tongue:
    """One of the two languages that a page is written in. at: its place in "中文 · English"."""

    at: int
    ending: str

    def __call__(self, chinese: str, english: str) -> str:
        return (chinese, english)[self.at]

    def said(self, text: str) -> str:
        """This language's half of "中文 · English". Raises ValueError where there are no two halves."""
        chinese, between, english = text.partition(" · ")
        if not between:
            raise ValueError(f"this is said in one language alone: {text!r}")
        return self(chinese, english)


TONGUES = (Tongue(1, ""), Tongue(0, CHINESE))


def documents(root: Path) -> dict[Path, str]:
    """Every made file with what it should hold."""
    pages: dict[str, Callable[[Tongue], str]] = {"events": _events, "settings": _settings, "access": _access}
    made = {
        root / "docs" / f"{name}{tongue.ending}.md": page(tongue) for name, page in pages.items() for tongue in TONGUES
    }
    whole = {path: f"{_written_by_people(path)}{MARK}\n\n{page}" for path, page in made.items()}
    events = document()
    return {
        **whole,
        root / "deploy" / "rabbitmq" / "definitions.json": _json(definitions(REGISTER.topology())),
        root / "docs" / "asyncapi.json": _json(events),
        root / "docs" / "asyncapi.html": page.of(events, IN_FEEDS),
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


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
    titles = tuple(head)
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _plain(text: str) -> str:
    """Inside code `<` is itself."""
    parts = text.replace("|", "/").split("`")
    return "`".join(part if n % 2 else part.replace("<", "\\<") for n, part in enumerate(parts))


# --- events ---------------------------------------------------------------------------------------------------------


def _events(tongue: Tongue) -> str:
    return "\n".join(_fact(tongue, service, fact) for service, one in REGISTER.declared.items() for fact in one.facts)


IN_FEEDS: Mapping[Reader, Pair] = {
    "body": ("有关机构", "the body concerned"),
    "branch": ("其分中心", "its branch centre"),
    "centre": ("中心", "the Centre"),
    "producer": ("制证单位", "the producer"),
    "bodies": ("其下全部机构", "all bodies below"),
}


def _fact(tongue: Tongue, service: str, fact: type[Fact]) -> str:
    takers = [f"`{queue.name}`" for queue in REGISTER.topology().queues if fact.TYPE in queue.takes]
    rows = [(f"`{name}`", _plain(tongue.said(meaning_of(field)))) for name, field in fact.model_fields.items()]
    folder, subject = "../shared/contracts", tongue.said(fact.SUBJECT)
    readers = [tongue(*IN_FEEDS[reader]) for reader in fact.READERS]
    ways = tongue(
        f"由 `{service}` 写入，由 {'、'.join(takers)} 接收。主体：{subject}。事件流：{'、'.join(readers) or '不列入'}。",
        f"Written by `{service}`, taken by {', '.join(takers)}. Subject: {subject}. "
        f"In feeds of: {', '.join(readers) or 'nobody'}.",
    )
    schema, example = tongue("结构", "schema"), tongue("示例", "example")
    return f"""### `{fact.TYPE}`

{tongue.said(fact.ABOUT)}

{ways}

{_table((tongue("字段", "field"), tongue("含义", "meaning")), rows)}
[{schema}]({folder}/schemas/{fact.TYPE}.json) · [{example}]({folder}/examples/{fact.TYPE}.json)
"""


# --- settings -------------------------------------------------------------------------------------------------------


def _settings(tongue: Tongue) -> str:
    owners = {name: f"`{one.service}`" for one in REGISTER.declared.values() for name in one.settings.model_fields}
    rows = [
        (
            f"`{PREFIX}{name.upper()}`",
            _default(field),
            owners.get(name, ""),
            _plain(tongue.said(field.description or "")),
        )
        for name, field in WholeSettings.model_fields.items()
    ]
    head = [("变量", "variable"), ("默认值", "default"), ("属于", "of"), ("含义", "meaning")]
    return _table((tongue(*one) for one in head), rows)


def _default(field: FieldInfo) -> str:
    value: Any = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return "" if value in ("", None) else f"`{value}`"


# --- access ---------------------------------------------------------------------------------------------------------


def _access(tongue: Tongue) -> str:
    head = (tongue("角色", "role"), tongue("名称", "name"))
    parts = [_table(head, ((f"`{role.value}`", tongue(*NAMES[role])) for role in Role))]
    head = (tongue("接口", "endpoint"), tongue("谁可以调用", "who"))
    for service in REGISTER.interfaces:
        rows = {key: row for key, row in sorted(REGISTER.access.items(), key=_by_path) if f" /{service}/" in key}
        parts.append(
            f"### `{service}`\n\n{_table(head, ((f'`{key}`', _who(tongue, row)) for key, row in rows.items()))}"
        )
    return "\n".join(parts)


def _by_path(item: tuple[str, Row]) -> tuple[str, str]:
    method, _, path = item[0].partition(" ")
    return path, method


def _who(tongue: Tongue, row: Row) -> str:
    fresh = tongue("；须重新验证身份", "; fresh sign-in") if row.fresh else ""
    return _callers(tongue, row) + fresh


def _callers(tongue: Tongue, row: Row) -> str:
    if not row.roles:
        return tongue("任何人，无须登录", "anybody, without signing in")
    if row.roles == frozenset(Role):
        return tongue("任何已登录者", "whoever is signed in")
    comma = tongue("、", ", ")
    callers = [tongue(*NAMES[role]) for role in Role if role in row.roles and role != Role.SERVICE]
    if Role.SERVICE in row.roles:
        names = comma.join(f"`{name}`" for name in row.services) or tongue("全部", "all")
        callers.append(tongue(f"本系统的服务：{names}", f"services: {names}"))
    return comma.join(callers)
