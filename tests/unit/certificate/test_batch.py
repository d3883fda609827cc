"""A batch: numbered, produced, drawn again where something was refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from services.certificate.production.answers import BatchAnswer
from services.certificate.production.batch import NUMBERED, PRODUCED, Batch, RefusedCertificate
from shared.actor import Actor
from shared.errors import NotAllowed, WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
BRANCH = "49050001"
REFUSED = RefusedCertificate(certificate="c", number="2649053012400001", characters=["\U00032000"])
SEAL = f"sha256:{'a' * 64}"


def a_batch(state: str = NUMBERED, refused: tuple[RefusedCertificate, ...] = ()) -> Batch:
    return Batch(
        id="49053012-2026-001-b0000",
        state=state,
        roster="49053012-2026-001",
        page=0,
        path=f"/49000001/{BRANCH}/49053012/",
        producer=BRANCH,
        certificates=200,
        refused=list(refused),
        numbered_at=NOW,
    )


def officer(role: Role = Role.BRANCH_OFFICER, body: str = BRANCH) -> Actor:
    return Actor("o", "o", body, "/", frozenset({role}))


@pytest.mark.parametrize("state", [NUMBERED, PRODUCED])
@pytest.mark.parametrize("verb", ["produce", "redraw"])
@pytest.mark.parametrize("refused", [(), (REFUSED,)])
def test_every_verb_in_every_state(state: str, verb: str, refused: tuple[RefusedCertificate, ...]) -> None:
    batch = a_batch(state, refused)
    allowed = (state == NUMBERED) if verb == "produce" else (state == PRODUCED and bool(refused))

    def take() -> None:
        if verb == "produce":
            batch.produce(SEAL, 200, [], NOW)
        else:
            batch.redraw(officer(), NOW, frozenset())

    if not allowed:
        with pytest.raises(WrongState):
            take()
        assert batch.outbox == ()
        return
    take()
    assert batch.state == (PRODUCED if verb == "produce" else NUMBERED)
    assert len(batch.outbox) == 1


def test_a_redraw_is_not_taken_for_the_drawing_before() -> None:
    """So that the message of the earlier drawing, delivered late, finds nothing to do."""
    batch = a_batch()
    batch.ask_for_drawing(NOW, frozenset())
    batch.produce(SEAL, 199, [REFUSED], NOW)
    batch.redraw(officer(), NOW, frozenset())
    facts = [json.loads(row.wire)["data"] for row in batch.outbox]
    assert [fact.get("drawing") for fact in facts] == [1, None, 2]
    assert batch.drawing == 2


@pytest.mark.parametrize(
    ("lanes", "key"), [(frozenset[str](), "batch.numbered.v1"), (frozenset({BRANCH}), f"batch.numbered.v1.{BRANCH}")]
)
def test_a_branch_with_a_queue_of_its_own_gets_its_batches_there(lanes: frozenset[str], key: str) -> None:
    batch = a_batch()
    batch.ask_for_drawing(NOW, lanes)
    assert [row.key for row in batch.outbox] == [key]


def test_what_is_on_paper_stays_on_paper_during_a_redraw() -> None:
    """And what was left out is not, before it was drawn."""
    other = REFUSED.model_copy(update={"certificate": "d"})
    batch = a_batch()
    said = [[batch.has_drawn(id) for id in "acd"]]
    batch.produce(SEAL, 198, [REFUSED, other], NOW)
    said.append([batch.has_drawn(id) for id in "acd"])
    batch.redraw(officer(), NOW, frozenset())
    said.append([batch.has_drawn(id) for id in "acd"])
    assert [batch.wants(id) for id in "acd"] == [False, True, True]
    batch.produce(SEAL, 1, [other], NOW)
    said.append([batch.has_drawn(id) for id in "acd"])
    assert said == [[False] * 3, [True, False, False], [True, False, False], [True, True, False]]


def test_a_redraw_begins_to_wait_when_it_is_asked_for() -> None:
    """By that moment the clock says whether it waits too long; and the sheets that it drew before stay counted."""
    batch = a_batch()
    batch.produce(SEAL, 199, [REFUSED], NOW)
    later = datetime(2026, 4, 9, tzinfo=UTC)
    batch.redraw(officer(), later, frozenset(), "已安装字库")
    assert (batch.numbered_at, batch.history[-1].reason) == (later, "已安装字库")
    batch.produce(SEAL, 1, [], later)
    assert (batch.drawn, batch.print_files) == (200, [SEAL, SEAL])


def test_a_batch_of_which_everything_was_refused_has_no_print_file() -> None:
    batch = a_batch()
    batch.produce("", 0, [REFUSED], NOW)
    assert json.loads(batch.outbox[0].wire)["data"]["print_file"] is None


@pytest.mark.parametrize("role", Role)
def test_who_may_ask_for_a_redraw(role: Role) -> None:
    batch = a_batch(PRODUCED, (REFUSED,))
    if role in (Role.BRANCH_OFFICER, Role.CENTRE_CLERK):
        batch.redraw(officer(role), NOW, frozenset())
        return
    with pytest.raises(NotAllowed):
        batch.redraw(officer(role), NOW, frozenset())


def test_only_the_producing_body_redraws() -> None:
    with pytest.raises(NotAllowed):
        a_batch(PRODUCED, (REFUSED,)).redraw(officer(Role.CENTRE_CLERK, "49000001"), NOW, frozenset())


def test_pages_are_shown_from_1_and_stored_from_0() -> None:
    batch = a_batch()
    assert (batch.page, BatchAnswer.of(batch).page) == (0, 1)
