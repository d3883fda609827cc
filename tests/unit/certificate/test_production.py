"""The production of a roster, its batches, letters and parked messages as state tables."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.certificate.production.production import MAILED, MAKING, READY, RECEIVED, STATES, Production
from shared.actor import Actor
from shared.errors import Invalid, NotAllowed, WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
BRANCH = "49050001"


def a_production(state: str = MAKING) -> Production:
    return Production(
        id="49053012-2026-001",
        state=state,
        body="49053012",
        path=f"/49000001/{BRANCH}/49053012/",
        producer=BRANCH,
        approved_on=date(2026, 4, 3),
        certificates=450,
        batches=3,
    )


def officer(role: Role = Role.BRANCH_OFFICER, body: str = BRANCH) -> Actor:
    return Actor("o", "o", body, "/", frozenset({role}))


@pytest.mark.parametrize("state", STATES)
def test_ready_happens_once(state: str) -> None:
    production = a_production(state)
    assert production.mark_ready(["a", "b"], NOW) is (state == MAKING)
    assert production.state == (READY if state == MAKING else state)
    assert [row.key for row in production.outbox] == (["certificates.ready.v1"] if state == MAKING else [])


@pytest.mark.parametrize("state", STATES)
def test_a_parcel_is_posted_once_and_only_when_ready(state: str) -> None:
    production = a_production(state)
    if state != READY:
        with pytest.raises(WrongState) as caught:
            production.post_parcel(officer(), NOW, "EMS", "EA000000001CN")
        assert caught.value.state == state
        assert production.outbox == ()
        return
    production.post_parcel(officer(), NOW, "EMS", "EA000000001CN")
    assert (production.state, production.carrier, production.parcel) == (MAILED, "EMS", "EA000000001CN")
    fact: dict[str, Any] = json.loads(production.outbox[0].wire)["data"]
    assert (fact["parcel"], fact["certificates"], fact["producer"]) == ("EA000000001CN", 450, BRANCH)
    with pytest.raises(WrongState):
        production.post_parcel(officer(), NOW + timedelta(seconds=1), "EMS", "EA000000002CN")


@pytest.mark.parametrize("role", Role)
def test_who_may_post(role: Role) -> None:
    if role in (Role.BRANCH_OFFICER, Role.CENTRE_CLERK, Role.BRANCH_SYSTEM):
        a_production(READY).post_parcel(officer(role), NOW, "EMS", "EA000000001CN")
        return
    with pytest.raises(NotAllowed):
        a_production(READY).post_parcel(officer(role), NOW, "EMS", "EA000000001CN")


@pytest.mark.parametrize("body", ["49000001", "49060001", "49053012", ""])
def test_only_the_producing_body_posts(body: str) -> None:
    with pytest.raises(NotAllowed, match=BRANCH):
        a_production(READY).post_parcel(officer(body=body), NOW, "EMS", "EA000000001CN")


@pytest.mark.parametrize("state", STATES)
def test_a_redraw_changes_who_is_left_out_until_the_parcel_is_posted(state: str) -> None:
    production = a_production(state)
    production.left_out, production.refused = ["a", "b"], 2
    assert production.take_redraw(["a", "b"]) is False
    assert production.take_redraw(["b"]) is (state == READY)
    assert (production.left_out, production.refused) == ((["b"], 1) if state == READY else (["a", "b"], 2))
    assert (production.state, production.outbox) == (state, ())


def test_an_empty_parcel_is_not_posted() -> None:
    production = a_production(READY)
    production.refused = production.certificates
    with pytest.raises(Invalid, match="nothing to post"):
        production.post_parcel(officer(), NOW, "EMS", "EA000000001CN")


def test_what_was_left_out_is_not_posted() -> None:
    production = a_production(MAKING)
    production.mark_ready(["a", "b"], NOW)
    production.post_parcel(officer(), NOW, "EMS", "EA000000001CN")
    assert json.loads(production.outbox[-1].wire)["data"]["certificates"] == 448


# --- received -----------------------------------------------------------------------------------------------------------


def receiver(role: Role = Role.STATION_CLERK, body: str = "49053012") -> Actor:
    return Actor("r", "r", body, "/", frozenset({role}))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", STATES)
def test_who_enters_what_arrived_and_when(state: str, role: Role) -> None:
    production = a_production(state)
    if state != MAILED:
        with pytest.raises(WrongState) as caught:
            production.receive(receiver(role), NOW, 450)
        assert caught.value.state == state
    elif role not in (Role.STATION_CLERK, Role.STATION_HEAD):
        with pytest.raises(NotAllowed):
            production.receive(receiver(role), NOW, 450)
    else:
        production.receive(receiver(role), NOW, 450)
        assert (production.state, production.received, production.received_at) == (RECEIVED, 450, NOW)
        with pytest.raises(WrongState):
            production.receive(receiver(role), NOW, 450)
        return
    assert (production.state, production.received, production.outbox) == (state, None, ())


@pytest.mark.parametrize("body", ["49000001", BRANCH, "49053013", ""])
def test_only_the_body_that_appraised_receives(body: str) -> None:
    with pytest.raises(NotAllowed, match="49053012"):
        a_production(MAILED).receive(receiver(body=body), NOW, 450)


@pytest.mark.parametrize(("received", "complete"), [(448, True), (447, False), (450, False), (0, False)])
def test_the_number_is_held_against_what_was_posted(received: int, complete: bool) -> None:
    production = a_production(MAKING)
    production.mark_ready(["a", "b"], NOW)
    production.post_parcel(officer(), NOW, "EMS", "EA000000001CN")
    production.receive(receiver(), NOW, received)
    fact: dict[str, Any] = json.loads(production.outbox[-1].wire)["data"]
    assert (fact["sent"], fact["received"], fact["complete"]) == (448, received, complete)
    reason = "" if complete else f"寄出 448 份，收到 {received} 份 · 448 were posted, {received} received"
    assert production.history[-1].reason == reason
