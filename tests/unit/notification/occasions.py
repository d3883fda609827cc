"""What happened, and the world in which letters of it are planned: a small tree of bodies on a real store, and neighbours whose
answers are written by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from services.notification.declares import KINDS
from services.notification.mailings.mailing import Mailing
from services.notification.mailings.usecases.giving_way import LOOK_EVERY
from services.runtime.catalogue import REGISTER, WholeSettings
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.certificate import Holder, HoldersPage
from shared.contracts.directory import Addressee
from shared.contracts.envelope import PREFIX, Envelope
from shared.contracts.supervision import SanctionPaper
from shared.errors import NotFound, Unavailable
from shared.ports import ReadyLetter, Undeliverable, every_record
from shared.trade.practice import twin, twin_path
from shared.trade.undelivered import NO_SUCH_ADDRESS
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays
from tests.world.clock import HandClock
from tests.world.hearing import hear_of_body

T = TypeVar("T")

EXAMPLES = Path("shared/contracts/examples")
CENTRE, BRANCH, STATION, DIRECT = "49000001", "49050001", "49053012", "49003007"
OTHER_BRANCH, REVOKED = "49060001", "49063021"
TREE = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    DIRECT: f"/{CENTRE}/{DIRECT}/",
    OTHER_BRANCH: f"/{CENTRE}/{OTHER_BRANCH}/",
    REVOKED: f"/{CENTRE}/{OTHER_BRANCH}/{REVOKED}/",
}
SOMEBODY = "somebody@example.org"
HOLDERS = ["holder-1@example.org", "holder-2@example.org"]


def office(code: str) -> str:
    return f"office-{code}@example.org"


class Neighbours:
    """The directory knows one person, the certificate service a list of holders, which it answers page by page."""

    def __init__(self, holders: Sequence[str] = HOLDERS) -> None:
        self.holders = list(holders)
        self.person = Addressee(name="张三", email=SOMEBODY)
        self.breaks_after: int | None = None
        self.paper: SanctionPaper | None = None
        self.pages = 0

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        parts = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if service == "directory":
            assert parts.path.startswith("/addressees/")
            return self.person
        if service == "supervision":
            assert parts.path.startswith("/sanctions/") and parts.path.endswith("/paper")
            if self.paper is None:
                raise NotFound("no such sanction")
            return self.paper
        assert (service, parts.path) == ("certificate", "/holders")
        if self.breaks_after is not None and self.pages >= self.breaks_after:
            raise Unavailable("certificate is away")
        self.pages += 1
        limit, start = int(asked["limit"]), int(asked.get("after", "0"))
        assert limit <= 500, "a page has no more"
        end = start + limit
        items = [_holder(address) for address in self.holders[start:end]]
        return HoldersPage(items=items, next=str(end) if end < len(self.holders) else None)


def _holder(address: str) -> Holder:
    return Holder(
        certificate=f"certificate of {address}",
        number="2649053012400001",
        name="李四",
        email=address,
        occupation_zh="车工",
        occupation_en="turner",
        level=4,
        verify_url="https://certificates.example.org/certificate/v/2649053012400001/key",
    )


class Post:
    """What was handed to it; or it refuses, or puts off."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.error: Exception | None = None
        self.letters: list[EmailMessage] = []

    async def send(self, letter: ReadyLetter) -> None:
        if self.refuses:
            raise Undeliverable(self.refuses, NO_SUCH_ADDRESS)
        if self.error is not None:
            raise self.error
        self.letters.append(message_from_bytes(letter.content, policy=default))


@asynccontextmanager
async def post_room(folder: Path, digest_at: str = "") -> AsyncIterator[Any]:
    """The ports of the notification service, as far as letters need them. folder: where its store lies. digest_at: when letters
    are gathered; empty: each goes out by itself."""
    store = SqliteStore(folder / "notification.sqlite", KINDS)
    for code, path in TREE.items():
        await know(store, code, path, state="revoked" if code == REVOKED else "licensed")
        await know(store, twin(code), twin_path(path), state="licensed")
    settings = WholeSettings(url="https://certificates.example.org", digest_at=digest_at)
    yield SimpleNamespace(
        store=store,
        register=REGISTER,
        neighbours=Neighbours(),
        clock=HandClock(),
        calendar=WorkingDays(ours()),
        settings=settings,
        mailer=Post(),
    )
    await store.close()


async def know(store: SqliteStore, code: str, path: str, state: str) -> None:
    kind = "centre" if path == TREE[CENTRE] else "station"
    names = {"name_zh": f"名称{code}", "name_en": f"Name {code}"}
    await hear_of_body(store, code, path, kind=kind, email=office(code), state=state, **names)


async def relayed(ports: Any, work: Awaitable[T]) -> T:
    """What comes of the work while a relay takes whatever it has to send, and time passes."""
    working = asyncio.ensure_future(work)
    while not working.done():
        for one in await ports.store.pending(1000):
            await ports.store.sent(one.kind, one.id, one.rows[-1].n)
        ports.clock.advance(LOOK_EVERY)
    return await working


def happened(fact: str, n: int = 1, **other: Any) -> Envelope:
    """The published example of a fact; `other` replaces what it says."""
    example = json.loads((EXAMPLES / f"{fact}.json").read_text(encoding="utf-8"))
    data = example["data"] | other
    return Envelope(
        id=f"/somebody/{fact}#{n:010d}",
        source="/somebody",
        type=PREFIX + fact,
        subject=str(data.get("account") or data.get("roster") or example["subject"]),
        time=datetime(2026, 4, 3, tzinfo=UTC),
        sequence=f"{n:010d}",
        data=data,
    )


async def mailings(ports: Any) -> list[Mailing]:
    return [Mailing.from_record(one) async for one in every_record(ports.store, Mailing.KIND)]
