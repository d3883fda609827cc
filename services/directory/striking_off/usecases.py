"""Use cases of striking off: what hangs on a body is asked here and in every other service; then the verb, and one write.

Something may arrive in the moment between the question and the write. Nothing is undone then: an account is closed by the
clock (`tidy`), and documents get no further, because their services ask the standing at each step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from services.directory.accounts.account import CLOSED, Account
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.bodies.body import Body
from services.directory.bodies.standing import STRUCK_OFF
from services.directory.persons.person import WITHDRAWN, RegisteredPerson
from services.directory.striking_off.requests import StrikingOff
from shared.contracts.placed import PlacedDocument, PlacedDocuments
from shared.errors import AppError, Invalid, Problem, Stale, Unavailable
from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.keeping.asked import Asked
from shared.keeping.placed import below
from shared.outside import Ports
from shared.ports import Store
from shared.trade.roles import Role

A = TypeVar("A", bound=Aggregate)

AWAY = "暂时无法确认该机构名下有无文档，请稍后再试 · it cannot be known now whether documents of this body are there"
MOST_NAMED = 20
_NOT_STRUCK_OFF = (
    "有业务记录的机构不除名；不再鉴定的，按监督处理办理 · a body with documents is not struck off; one that shall not appraise "
    "any more is sanctioned"
)
NOBODY_LEFT = "机构已除名 · its body was struck off"


async def strike_off(ports: Ports, code: str, asked: Asked, entry: StrikingOff) -> Body:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid with everything that hangs on it, Unavailable while one of the
    services does not answer."""
    store = ports.store

    async def verb(body: Body) -> None:
        body.standing.must_allow("strike_off")  # before all services are asked
        asked.by.must_be(Role.CENTRE_APPROVER)
        right = await repository.seek(store, Body, entry.instead)
        if right is None:
            what = Problem("/instead", f"{entry.instead} 未登记 · not registered")
            raise Invalid("正确的机构不存在 · there is no such right body", [what])
        hanging = [*await _in_the_directory(store, body), *await _in_other_services(ports, body)]
        body.strike_off(asked.by, asked.at, entry.reason, right, hanging)

    return await repository.change(store, Body, code, asked, verb)


async def tidy(store: Store, now: datetime) -> None:
    """The clock's question: was an account opened, or moved, to a body in the moment in which it was struck off? It is closed,
    as nobody can work there. Idempotent."""
    async for body in repository.every(store, Body, {"state": STRUCK_OFF}):
        async for account in repository.every(store, Account, {"body": body.id}):
            if account.state != CLOSED:
                account.close(THE_DIRECTORY, now, NOBODY_LEFT)
                try:
                    await repository.save(store, account)
                except Stale:  # it signs in at this moment: next time
                    continue


async def _in_the_directory(store: Store, body: Body) -> list[Problem]:
    """What is over holds nothing: closed accounts, withdrawn persons, bodies that are struck off themselves."""
    bodies = await _some(store, Body, body.path, lambda one: one.id != body.id and one.state != STRUCK_OFF)
    accounts = await _some(store, Account, body.path, lambda one: one.state != CLOSED)
    persons = await _some(store, RegisteredPerson, body.path, lambda one: one.state != WITHDRAWN)
    return [
        *(
            Problem(
                "/bodies",
                f"下级机构 {one.id} · the body {one.id} stands below it",
                "有下级机构的不除名 · a body that has others below it is not struck off",
            )
            for one in bodies
        ),
        *(
            Problem("/accounts", f"账号 {one.id} 未关闭 · the account is not closed", "先关闭账号 · close it first")
            for one in accounts
        ),
        *(
            Problem(
                "/persons",
                f"考评或督导人员（卡号 {one.card_no}）未注销 · a registered person is not withdrawn",
                "先注销登记 · withdraw them first",
            )
            for one in persons
        ),
    ]


async def _some(store: Store, what: type[A], path: str, holds: Callable[[A], bool]) -> list[A]:
    """Those that hold, at the place and below it; of many the first, which are enough to say no."""
    found: list[A] = []
    async for one in repository.every(store, what, between=below(path), sort="path"):
        if holds(one):
            found.append(one)
        if len(found) == MOST_NAMED:
            break
    return found


async def _in_other_services(ports: Ports, body: Body) -> list[Problem]:
    """Practice holds nothing: it does not count, and its tree has paths of its own."""
    others = [service for service in ports.register.interfaces if service != "directory"]
    answers = await asyncio.gather(*(_asked(ports, service, body.path) for service in others))
    return [
        Problem(f"/{service}", _named(ports, one), _NOT_STRUCK_OFF)
        for service, answer in zip(others, answers, strict=True)
        for one in answer.items
    ]


async def _asked(ports: Ports, service: str, path: str) -> PlacedDocuments:
    where = f"/documents?path={quote(path, safe='')}"
    try:
        return await ports.neighbours.get(service, where, PlacedDocuments)
    except Unavailable as error:
        raise Unavailable(AWAY, error.ping) from error
    except AppError as error:  # an earlier release still, which does not know the question
        raise Unavailable(AWAY) from error


def _named(ports: Ports, one: PlacedDocument) -> str:
    zh, en = ports.register.titles.get(one.kind, ("业务记录", one.kind))
    return f"{zh} {one.id} · {en} {one.id}"
