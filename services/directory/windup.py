"""Sanctions carried out in the directory: the standing of the body, and the accounts of one that is revoked."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import ClassVar

from services.directory.accounts.account import ACTIVE, CLOSED, Account
from services.directory.bodies.body import Body
from shared.contracts.directory import DirectoryWindUpDone
from shared.contracts.envelope import Fact
from shared.contracts.supervision import Measure, SanctionConfirmed, SanctionLifted
from shared.contracts.windup import WindUpPreview, WindUpService
from shared.errors import NotYet, WrongState
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.holdings import Holding, Way
from shared.procedure.windup import Part, WindUp, acting_for, carry_out, entry_of, orders_for, previewed

log = logging.getLogger(__name__)


class DirectoryWindUp(WindUp):
    SOURCE: ClassVar[str] = "/directory"
    SERVICE: ClassVar[WindUpService] = "directory"
    FACT: ClassVar[type[Fact]] = DirectoryWindUpDone


async def _path_of(store: Store, body: str) -> str:
    """The directory has the bodies themselves. Raises NotFound."""
    return (await repository.load(store, Body, body)).path


# Whoever goes on working finishes what is left to be finished; a closed account loses access at once.
ACCOUNTS = Holding(
    kind="account",
    what=Account,
    open=(ACTIVE,),
    title=lambda account: f"{account.name}（{'、'.join(role.value for role in account.roles)}）",
    ways={
        "finish": Way(
            {ACTIVE: ACTIVE},
            lambda account, act: account.finish(act.by, act.at, act.reason),
        ),
        "move": Way(
            {ACTIVE: ACTIVE},
            lambda account, act: account.transfer(act.by, act.at, act.target, act.path, act.reason),
        ),
        "void": Way(
            {ACTIVE: CLOSED},
            lambda account, act: account.close(act.by, act.at, act.reason),
        ),
    },
)

PART = Part(DirectoryWindUp, (ACCOUNTS,), path_of=_path_of)


async def preview(store: Store, body: str) -> WindUpPreview:
    return await previewed(store, PART, body)


async def confirmed(ports: Ports, fact: SanctionConfirmed, at: datetime) -> None:
    """at: when it was confirmed, from which terms are counted. Safe to repeat. Raises Refused (supervision has no such
    sanction), NotYet, Unavailable, Stale."""
    if fact.measure != "notice":
        orders = await orders_for(ports, PART, fact)
        await _once(ports.store, fact.body, _Ordered(fact, at, superseded=orders.state == "superseded"))
    if fact.measure == "revocation":  # after the body: from here on nobody opens anything new
        await carry_out(ports, PART, fact)


async def lifted(ports: Ports, fact: SanctionLifted, at: datetime) -> None:
    """Before the confirmation arrived: NotYet, so it waits. Safe to repeat. Raises Refused (supervision did not lift it),
    NotYet, Unavailable, Stale."""
    if fact.measure not in ("rectification", "suspension"):
        return
    await orders_for(ports, PART, fact)
    body = await repository.seek(ports.store, Body, fact.body)
    if body is None or entry_of(body.history, acting_for(fact.sanction)) is None:
        raise NotYet(
            f"处理 {fact.sanction} 在本服务尚未生效，稍后自动再试 · sanction {fact.sanction} is not in force here (yet)"
        )
    await _once(ports.store, fact.body, _Lifted(fact, at))


_SUPERSEDED = ("已受更重的处理", "is under a graver sanction")


def verb_of(measure: Measure) -> str:
    """What the measure does to a body."""
    return {"rectification": "order_rectification", "suspension": "suspend"}.get(measure, "revoke")


class _Ordered:
    """What a sanction does to the standing of a body; and what it leaves there, where it finds nothing to change.

    superseded: a graver one took its place before this one arrived here, and may have been lifted since: nobody could lift
    this one any more."""

    def __init__(self, fact: SanctionConfirmed, at: datetime, *, superseded: bool) -> None:
        self.fact, self.at, self.by, self.superseded = fact, at, acting_for(fact.sanction), superseded

    def act(self, body: Body) -> None:
        """Raises WrongState."""
        fact, by, at = self.fact, self.by, self.at
        if self.superseded:
            raise body.wrong_state(verb_of(fact.measure), found=_SUPERSEDED)
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
        verb = verb_of(fact.measure)
        body.abide(verb, self.by, self.at, fact.reason, sanction=fact.sanction, until=fact.until)


class _Lifted:
    """by: another one than who put it into force, so that each is recognised by its own entry."""

    def __init__(self, fact: SanctionLifted, at: datetime) -> None:
        self.fact, self.at, self.by = fact, at, acting_for(f"{fact.sanction}:lifted")

    def act(self, body: Body) -> None:
        """Raises WrongState also where the body is in that state for another reason: an annual inspection had it rectify
        since, or the next sanction was faster."""
        fact = self.fact
        if body.ordered_by != fact.sanction:
            raise body.wrong_state("lift_sanction")
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
        raise NotYet(f"机构 {code} 尚未送达本服务，稍后自动再试 · body {code} is not here (yet)")
    if entry_of(body.history, order.by) is not None:
        return
    try:
        order.act(body)
    except WrongState as error:
        log.warning("%s changes nothing at body %s: %s", order.by.id, code, error)
        order.abide(body)
    await repository.save(store, body)
