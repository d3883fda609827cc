"""The production of a roster, its batches, letters and parked messages as state tables."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.certificate.production.production import MAILED, MAKING, READY, STATES, Production
from shared.actor import Actor
from shared.errors import Invalid, NotAllowed, WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
BRANCH = "49050001"


def production(state: str = MAKING) -> Production:
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
    one = production(state)
    assert one.ready(["a", "b"], NOW) is (state == MAKING)
    assert one.state == (READY if state == MAKING else state)
    assert [row.key for row in one.outbox] == (["certificates.ready.v1"] if state == MAKING else [])


@pytest.mark.parametrize("state", STATES)
def test_a_parcel_is_posted_once_and_only_when_ready(state: str) -> None:
    one = production(state)
    if state != READY:
        with pytest.raises(WrongState) as caught:
            one.mail(officer(), NOW, "EMS", "EA000000001CN")
        assert caught.value.state == state
        assert one.outbox == ()
        return
    one.mail(officer(), NOW, "EMS", "EA000000001CN")
    assert (one.state, one.carrier, one.parcel) == (MAILED, "EMS", "EA000000001CN")
    fact: dict[str, Any] = json.loads(one.outbox[0].wire)["data"]
    assert (fact["parcel"], fact["certificates"], fact["producer"]) == ("EA000000001CN", 450, BRANCH)
    with pytest.raises(WrongState):
        one.mail(officer(), NOW + timedelta(seconds=1), "EMS", "EA000000002CN")


@pytest.mark.parametrize("role", Role)
def test_who_may_post(role: Role) -> None:
    if role in (Role.BRANCH_OFFICER, Role.CENTRE_CLERK):
        production(READY).mail(officer(role), NOW, "EMS", "EA000000001CN")
        return
    with pytest.raises(NotAllowed):
        production(READY).mail(officer(role), NOW, "EMS", "EA000000001CN")


@pytest.mark.parametrize("body", ["49000001", "49060001", "49053012", ""])
def test_only_the_producing_body_posts(body: str) -> None:
    with pytest.raises(NotAllowed, match=BRANCH):
        production(READY).mail(officer(body=body), NOW, "EMS", "EA000000001CN")


@pytest.mark.parametrize("state", STATES)
def test_a_redraw_changes_who_is_left_out_until_the_parcel_is_posted(state: str) -> None:
    one = production(state)
    one.left_out, one.refused = ["a", "b"], 2
    assert one.redrawn(["a", "b"]) is False
    assert one.redrawn(["b"]) is (state == READY)
    assert (one.left_out, one.refused) == ((["b"], 1) if state == READY else (["a", "b"], 2))
    assert (one.state, one.outbox) == (state, ())


def test_an_empty_parcel_is_not_posted() -> None:
    one = production(READY)
    one.refused = one.certificates
    with pytest.raises(Invalid, match="nothing to post"):
        one.mail(officer(), NOW, "EMS", "EA000000001CN")


def test_what_was_left_out_is_not_posted() -> None:
    one = production(MAKING)
    one.ready(["a", "b"], NOW)
    one.mail(officer(), NOW, "EMS", "EA000000001CN")
    assert json.loads(one.outbox[-1].wire)["data"]["certificates"] == 448
