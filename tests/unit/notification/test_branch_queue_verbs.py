"""Every verb of a body's queue in every state and by every role, and what the broker is told of its password."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from services.notification.queues import password
from services.notification.queues.queue import OPEN, STATES, WANTED, WITHDRAWN, BranchQueue
from shared.actor import Actor
from shared.errors import NotAllowed, WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
PATH, CODE = "/49000001/49050001/", "49050001"
KEEPERS = (Role.BRANCH_OFFICER, Role.BRANCH_SYSTEM)


def by(role: Role = Role.BRANCH_OFFICER, body: str = CODE) -> Actor:
    return Actor(f"a.{role}", "王敏", body, PATH if body == CODE else "/49000001/", frozenset({role}))


def a_queue(state: str = WANTED, role: Role = Role.BRANCH_OFFICER) -> BranchQueue:
    made = BranchQueue.create("q", "hash-1", 7, by(role), NOW)
    if state == OPEN:
        made.open(NOW)
    if state == WITHDRAWN:
        made.stop(NOW, "x")
    return made


VERBS: dict[str, tuple[Callable[[BranchQueue, Actor], None], set[str], str]] = {
    "renew": (lambda queue, who: queue.renew("hash-2", who, NOW), {WANTED, OPEN}, WANTED),
    "withdraw": (lambda queue, who: queue.withdraw(who, NOW, "不再使用"), {WANTED, OPEN}, WITHDRAWN),
    "reopen": (lambda queue, who: queue.reopen("hash-2", 3, who, NOW), {WITHDRAWN}, WANTED),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_verb_and_role(state: str, verb: str, role: Role) -> None:
    queue, (act, states, to) = a_queue(state), VERBS[verb]
    before = len(queue.history)
    if role not in KEEPERS:
        with pytest.raises(NotAllowed):
            act(queue, by(role))
    elif state not in states:
        with pytest.raises(WrongState):
            act(queue, by(role))
    else:
        act(queue, by(role))
        assert (queue.state, queue.history[-1].verb, queue.history[-1].by) == (to, verb, f"a.{role}")
        return
    assert (queue.state, len(queue.history), queue.password_hash) == (state, before, "hash-1")


@pytest.mark.parametrize("state", STATES)
def test_what_the_service_does_in_every_state(state: str) -> None:
    opened, stopped = a_queue(state), a_queue(state)
    if state == WANTED:
        opened.open(NOW)
        assert (opened.state, opened.history[-1].by) == (OPEN, "notification")
    else:
        with pytest.raises(WrongState):
            opened.open(NOW)
    if state == WITHDRAWN:
        with pytest.raises(WrongState):
            stopped.stop(NOW, "x")
    else:
        stopped.stop(NOW, "资质终止")
        assert (stopped.state, stopped.history[-1].reason) == (WITHDRAWN, "资质终止")


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_keeps_the_queue_of_another_body(verb: str) -> None:
    act, states, _ = VERBS[verb]
    with pytest.raises(NotAllowed):
        act(a_queue(min(states)), by(body="49000001"))


@pytest.mark.parametrize("role", list(Role))
def test_who_asks_for_one(role: Role) -> None:
    if role in KEEPERS:
        made = a_queue(role=role)
        assert (made.state, made.after, made.opened) == (WANTED, 7, 0)
        assert made.machine == ("a.branch_system" if role == Role.BRANCH_SYSTEM else "")
        return
    with pytest.raises(NotAllowed):
        a_queue(role=role)


def test_whoever_asks_again_answers_for_it() -> None:
    queue = a_queue(WITHDRAWN, Role.BRANCH_SYSTEM)
    queue.reopen("hash-2", 3, by(), NOW)
    assert (queue.machine, queue.after, queue.opened, queue.password_hash) == ("", 3, 1, "hash-2")


def test_passwords_are_long_drawn_anew_and_kept_as_the_broker_keeps_them() -> None:
    drawn = {password.drawn() for _ in range(20)}
    assert len(drawn) == 20
    assert min(map(len, drawn)) >= 43
    salt = bytes.fromhex("908DC60A")  # the example of the broker's own page about passwords
    assert password.hashed("test12", salt) == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"
    raw = base64.b64decode(password.hashed("test12"))
    assert raw[4:] == hashlib.sha256(raw[:4] + b"test12").digest()
    assert password.hashed("test12") != password.hashed("test12")
