"""Sanctions carried out in the directory: the standing of the body, and the accounts of one that is revoked."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import ClassVar

from services.directory.accounts.account import ACTIVE, CLOSED, Account
from services.directory.bodies.body import Body
from shared.actor import Actor
from shared.contracts.directory import DirectoryWindUpDone
from shared.contracts.supervision import SanctionConfirmed, SanctionLifted
from shared.contracts.windup import Effect, WindUpItem, WindUpPreview, WindUpService
from shared.errors import NotYet, WrongState
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.windup import WindUp, acting_for, apply, carry_out, entry_of, of_body

log = logging.getLogger(__name__)


class DirectoryWindUp(WindUp):
    SOURCE: ClassVar[str] = "/directory"
    SERVICE: ClassVar[WindUpService] = "directory"

    def fact(self) -> DirectoryWindUpDone:
        return DirectoryWindUpDone(sanction=self.id, effects=len(self.effects))


async def preview(store: Store, body: str) -> WindUpPreview:
    accounts = await of_body(store, Account, body)
    return WindUpPreview(items=[_item(account) for account in accounts if account.state == ACTIVE])


def _item(account: Account) -> WindUpItem:
    """Whoever goes on working finishes what is left to be finished; a closed account loses access at once."""
    roles = "、".join(role.value for role in account.roles)
    return WindUpItem(
        service="directory",
        kind="account",
        id=account.id,
        title=f"{account.name}（{roles}）",
        state=account.state,
        count=1,
        choices={"finish": ACTIVE, "move": ACTIVE, "void": CLOSED},
    )


async def confirmed(ports: Ports, fact: SanctionConfirmed, at: datetime) -> None:
    """at: when it was confirmed, from which terms are counted. Safe to repeat. Raises NotYet, Unavailable, Stale."""
    if fact.measure != "notice":
        await _once(ports.store, fact.body, _Ordered(fact, at))
    if fact.measure == "revocation":  # after the body: from here on nobody opens anything new
        await _accounts(ports, fact)


async def lifted(ports: Ports, fact: SanctionLifted, at: datetime) -> None:
    """Before the confirmation arrived: NotYet, so it waits. Safe to repeat. Raises NotYet, Stale."""
    if fact.measure not in ("rectification", "suspension"):
        return
    body = await repository.seek(ports.store, Body, fact.body)
    if body is None or entry_of(body.history, acting_for(fact.sanction)) is None:
        raise NotYet(f"sanction {fact.sanction} is not in force here (yet)")
    await _once(ports.store, fact.body, _Lifted(fact, at))


class _Ordered:
    """What a sanction does to the standing of a body; and what it leaves there, where it finds nothing to change."""

    def __init__(self, fact: SanctionConfirmed, at: datetime) -> None:
        self.fact, self.at, self.by = fact, at, acting_for(fact.sanction)

    def act(self, body: Body) -> None:
        fact, by, at = self.fact, self.by, self.at
        match fact.measure:
            case "rectification":
                assert fact.until is not None
                body.order_rectification(by, at, fact.reason, fact.until, sanction=fact.sanction)
            case "suspension":
                body.suspend(by, at, fact.reason, fact.until, sanction=fact.sanction)
            case "revocation":
                body.revoke(by, at, fact.reason, sanction=fact.sanction)

    def abide(self, body: Body) -> None:
        fact = self.fact
        verb = {"rectification": "order_rectification", "suspension": "suspend"}.get(fact.measure, "revoke")
        body.abide(verb, self.by, self.at, fact.reason, sanction=fact.sanction, until=fact.until)


class _Lifted:
    """by: another one than who put it into force, so that each is recognised by its own entry."""

    def __init__(self, fact: SanctionLifted, at: datetime) -> None:
        self.fact, self.at, self.by = fact, at, acting_for(f"{fact.sanction}:lifted")

    def act(self, body: Body) -> None:
        fact = self.fact
        if fact.measure == "rectification":
            body.clear_rectification(self.by, self.at, fact.reason, sanction=fact.sanction)
        else:
            body.reinstate(self.by, self.at, fact.reason, sanction=fact.sanction)

    def abide(self, body: Body) -> None:
        fact = self.fact
        verb = "clear_rectification" if fact.measure == "rectification" else "reinstate"
        body.abide(verb, self.by, self.at, fact.reason, sanction=fact.sanction, lifting=True)


async def _once(store: Store, code: str, order: _Ordered | _Lifted) -> None:
    """One act on the body by `order.by`; nothing if there is one. A body whose standing was changed meanwhile, and cannot
    take it or has it already, keeps its state: the act says so, and supervision hears of it."""
    body = await repository.seek(store, Body, code)
    if body is None:
        raise NotYet(f"body {code} is not here (yet)")
    if entry_of(body.history, order.by) is not None:
        return
    try:
        order.act(body)
    except WrongState as error:
        log.warning("%s changes nothing at body %s: %s", order.by.id, code, error)
        order.abide(body)
    await repository.save(store, body)


async def _accounts(ports: Ports, fact: SanctionConfirmed) -> None:
    async def one(order: Effect, by: Actor, reason: str) -> Effect:
        path = ""
        if order.choice == "move":
            path = (await repository.load(ports.store, Body, order.target)).path

        def act(account: Account) -> None:
            now = ports.clock.now()
            match order.choice:
                case "finish":
                    account.finish(by, now, reason)
                case "void":
                    account.close(by, now, reason)
                case "move":
                    account.transfer(by, now, order.target, path, reason)

        return await apply(ports.store, Account, order, by, act, _one)

    await carry_out(ports, DirectoryWindUp, fact, one)


def _one(_: Account) -> int:
    return 1
