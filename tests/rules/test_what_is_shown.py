"""What is shown is said: a field that nobody named in an answer, a letter, an event or an export leaves the house nowhere.

Every kind of document gets a secret field here. Then the road is gone and everything is asked that can be asked; the
secret must stand in the stores, and in nothing that came out of the house."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pypdf
import pytest
from pydantic.fields import FieldInfo

from shared.keeping.aggregate import Aggregate
from tests.access.actors import KNOCKERS, open_accounts
from tests.access.samples import furnish
from tests.access.table import ASKED
from tests.access.test_table import cases, knock
from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, SMALL, approve, post, seed
from tests.world.topology import INTERFACES

SECRET = "planted-secret-7f3a"
FIELD = "planted"
QUARTER = "2026-Q2"  # in which the bodies of the house were registered


def kinds_of(kind: type[Aggregate] = Aggregate) -> Iterator[type[Aggregate]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from kinds_of(narrower)


@pytest.fixture
def planted() -> Iterator[int]:
    """Every kind of document has one field more, and it is secret."""
    kinds = list(dict.fromkeys(kinds_of()))
    before = {kind: dict(kind.__pydantic_fields__) for kind in kinds}
    for kind in kinds:
        kind.__pydantic_fields__[FIELD] = FieldInfo(annotation=str, default=SECRET)
    for kind in kinds:
        kind.model_rebuild(force=True)
    yield len(kinds)
    for kind in kinds:
        kind.__pydantic_fields__.clear()
        kind.__pydantic_fields__.update(before[kind])
    for kind in kinds:
        kind.model_rebuild(force=True)


class Listening:
    """Everything that leaves the house over HTTP."""

    def __init__(self, house: House) -> None:
        self.answers: list[tuple[str, bytes]] = []
        house.client.event_hooks["response"].append(self._hear)

    async def _hear(self, answer: httpx.Response) -> None:
        content = await answer.aread()
        asked = f"{answer.request.method} {answer.request.url.path}"
        self.answers.append((asked, content + repr(answer.headers.multi_items()).encode()))


@pytest.fixture
async def house(planted: int, tmp_path: Path) -> AsyncIterator[House]:
    opened = House(tmp_path / "house")
    yield opened
    await opened.close()


def readable(content: bytes) -> str:
    """The text inside, also of what is packed."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if content.startswith(b"%PDF-"):
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace")


async def test_what_nobody_named_leaves_the_house_nowhere(
    house: House, planted: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "httpx")  # whatever an earlier test in this process made of it
    heard, messages = Listening(house), _messages(house)
    await seed(house, [SMALL])
    await approve(house, SMALL)
    await house.run_until_quiet()
    await post(house, SMALL)
    await house.run_until_quiet()
    await _publish_a_bulletin(house)
    await furnish(house)
    await open_accounts(house)
    await _ask_everything(house)

    stored = {name: _stored(house.folder / "data" / f"{name}.sqlite") for name in INTERFACES}
    assert all(SECRET in text for text in stored.values()), "it is planted: every service keeps it"
    assert planted > 15
    assert len(heard.answers) > 500
    assert [asked for asked, content in heard.answers if SECRET in readable(content)] == []
    letters = [path.read_bytes() for path in (house.folder / "mail").rglob("*.eml")]
    assert len(letters) > 5
    assert [one for one in letters if SECRET in readable(one)] == []
    assert len(messages) > 20
    assert [one for one in messages if SECRET in one] == []
    files = [path.read_bytes() for path in (house.folder / "files").rglob("*") if path.is_file()]
    assert files
    assert [one for one in files if SECRET in readable(one)] == []
    assert caplog.records
    assert SECRET not in caplog.text


async def _publish_a_bulletin(house: House) -> None:
    house.clock.advance(100 * 24 * 3600)  # the quarter is over
    clerk, approver = house.person(CLERK), house.person(APPROVER)
    await clerk.create("/supervision/bulletins", {"quarter": QUARTER, "summary": "执行情况"}, "bulletin")
    await approver.step(f"/supervision/bulletins/{QUARTER}", "publication")
    await clerk.create(f"/supervision/bulletins/{QUARTER}/corrections", {"reason": "漏计一站"}, "correction")
    for id in (QUARTER, f"{QUARTER}-2"):  # one is published, the other a draft
        for name in ("bulletin.pdf", "bulletin.xlsx"):
            answer = await approver.ask("GET", f"/supervision/bulletins/{id}/{name}")
            assert answer.status_code == 200, answer.text
    await approver.step(f"/supervision/bulletins/{QUARTER}-2", "publication")
    await house.run_until_quiet()


async def _ask_everything(house: House) -> None:
    """Every endpoint as everybody, with the samples of the access table."""
    for endpoint, asked in ASKED.items():
        if asked.reach == "nobody's":
            continue
        for who in KNOCKERS:
            for _, body in cases(asked, who):
                await knock(house, who, asked, endpoint, body)


def _messages(house: House) -> list[str]:
    """What goes over the bus from now on."""
    heard: list[str] = []
    publish = house.real_bus.publish

    async def overheard(message: Any) -> None:
        heard.append(f"{message.key} {message.wire} {message.headers}")
        await publish(message)

    house.real_bus.publish = overheard  # type: ignore[method-assign]
    return heard


def _stored(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace") + _wal(path)


def _wal(path: Path) -> str:
    beside = path.with_name(f"{path.name}-wal")
    return beside.read_bytes().decode("utf-8", "replace") if beside.exists() else ""
