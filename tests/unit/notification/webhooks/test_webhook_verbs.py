"""Every verb of a webhook in every state and by every role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.notification.webhooks.webhook import ACTIVE, DISABLED, OLD_KEY_LASTS, STATES, Webhook
from shared.actor import Actor
from shared.errors import NotAllowed, WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
PATH, CODE = "/49000001/49050001/", "49050001"


def by(role: Role = Role.BRANCH_OFFICER, body: str = CODE) -> Actor:
    return Actor(f"a.{role}", "王敏", body, PATH if body == CODE else "/49000001/", frozenset({role}))


def a_webhook(state: str = ACTIVE, role: Role = Role.BRANCH_OFFICER) -> Webhook:
    made = Webhook.create("w", "https://branch.example.org/", ["b", "a", "a"], "sealed-1", 7, by(role), NOW)
    if state == DISABLED:
        made.stop(NOW, "x")
    return made


VERBS: dict[str, tuple[Callable[[Webhook, Actor], None], set[str], str]] = {
    "revise": (lambda hook, who: hook.revise("https://other.example.org/", [], who, NOW), {ACTIVE, DISABLED}, ""),
    "rotate": (lambda hook, who: hook.rotate("sealed-2", who, NOW), {ACTIVE, DISABLED}, ""),
    "replay": (lambda hook, who: hook.replay(3, who, NOW), {ACTIVE, DISABLED}, ""),
    "disable": (lambda hook, who: hook.disable(who, NOW, "维护"), {ACTIVE}, DISABLED),
    "enable": (lambda hook, who: hook.enable(who, NOW), {DISABLED}, ACTIVE),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_verb_and_role(state: str, verb: str, role: Role) -> None:
    hook, (act, states, to) = a_webhook(state), VERBS[verb]
    before = len(hook.history)
    if role not in (Role.BRANCH_OFFICER, Role.BRANCH_SYSTEM):
        with pytest.raises(NotAllowed):
            act(hook, by(role))
    elif state not in states:
        with pytest.raises(WrongState):
            act(hook, by(role))
    else:
        act(hook, by(role))
        assert (hook.state, hook.history[-1].verb, hook.history[-1].by) == (to or state, verb, f"a.{role}")
        return
    assert (hook.state, len(hook.history)) == (state, before)


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_keeps_the_webhooks_of_another_body(verb: str) -> None:
    act, states, _ = VERBS[verb]
    with pytest.raises(NotAllowed):
        act(a_webhook(min(states)), by(body="49000001"))


@pytest.mark.parametrize("role", list(Role))
def test_who_makes_one(role: Role) -> None:
    if role in (Role.BRANCH_OFFICER, Role.BRANCH_SYSTEM):
        made = a_webhook(role=role)
        assert (made.state, made.types, made.after) == (ACTIVE, ["a", "b"], 7)
        assert made.machine == ("a.branch_system" if role == Role.BRANCH_SYSTEM else "")
        return
    with pytest.raises(NotAllowed):
        a_webhook(role=role)


def test_whoever_enables_it_answers_for_it() -> None:
    hook = a_webhook(DISABLED, Role.BRANCH_SYSTEM)
    hook.enable(by(), NOW)
    assert hook.machine == ""
    hook.disable(by(Role.BRANCH_SYSTEM), NOW)
    hook.enable(by(Role.BRANCH_SYSTEM), NOW)
    assert hook.machine == "a.branch_system"


def test_two_keys_sign_while_one_takes_the_place_of_the_other() -> None:
    hook = a_webhook()
    hook.rotate("sealed-2", by(), NOW)
    assert [key.sealed for key in hook.keys_at(NOW)] == ["sealed-2", "sealed-1"]
    assert [key.sealed for key in hook.keys_at(NOW + OLD_KEY_LASTS)] == ["sealed-2"]
    hook.rotate("sealed-3", by(), NOW + timedelta(hours=1))
    assert [key.sealed for key in hook.keys] == ["sealed-3", "sealed-2"]


def test_the_service_stops_what_is_active_and_writes_once_about_each_failure() -> None:
    hook = a_webhook()
    hook.write_to_owner(NOW, 503, NOW)
    hook.write_to_owner(NOW, 503, NOW)
    hook.stop(NOW, "x")
    hook.write_to_owner(NOW + timedelta(days=2), None, NOW)
    assert ['"stopped":false' in row.wire for row in hook.outbox] == [True, False]
    assert all('"host":"branch.example.org"' in row.wire for row in hook.outbox), (
        "not the whole address: it may hold a secret"
    )
    assert hook.history[-1].by == "notification"
    with pytest.raises(WrongState):
        hook.stop(NOW, "x")
