"""Events in: which fact leads to which use case, and which facts lead to none."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.certificate import handlers as certificate
from services.directory import handlers as directory
from services.notification import handlers as notification
from services.notification.feeds.usecases.writing import FeedWriter
from services.plan import handlers as plan
from services.reporting import handlers as reporting
from services.runtime.catalogue import REGISTER
from services.supervision import handlers as supervision
from services.supervision.sanctions.sanction import DIFFERS
from shared import contracts
from shared.contracts.envelope import Envelope
from shared.messaging.worker import Handlers
from shared.procedure.duties.keeper import DutyKeeper
from tests.world.empty import empty_house

EXAMPLES = Path(contracts.__file__).parent / "examples"
SERVICES: dict[str, Any] = {
    "certificate": certificate,
    "directory": directory,
    "notification": notification,
    "plan": plan,
    "reporting": reporting,
    "supervision": supervision,
}


def handlers_of(service: str) -> Mapping[str, Handlers]:
    house = empty_house()
    if service == "notification":
        return notification.handlers(house, FeedWriter(house.store, house.clock))
    made: Mapping[str, Handlers] = SERVICES[service].handlers(house)
    return made


def told(fact: str, **changed: Any) -> Envelope:
    content = json.loads((EXAMPLES / f"{fact}.json").read_text(encoding="utf-8"))
    return Envelope.model_validate({**content, "data": {**content["data"], **changed}})


async def nothing(*_: Any) -> None: ...


class Asked:
    """Stands in the place of every use case a handler could lead to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        self.given: list[tuple[Any, ...]] = []
        self.answer: Any = None
        for service, uses in USES.items():
            for place in uses:
                monkeypatch.setattr(f"services.{service}.handlers.{place}", self._of(f"{service}: {place}"))
        monkeypatch.setattr(DutyKeeper, "look_at", nothing)  # after the use case; tests/unit/*/ hold what it does

    def _of(self, name: str) -> Any:
        async def use_case(*given: Any) -> Any:
            self.names.append(name)
            self.given.append(given)
            return self.answer

        return use_case

    async def after(self, service: str, job: str, envelope: Envelope) -> list[str]:
        self.names.clear()
        await handlers_of(service)[job][envelope.fact_type](envelope)
        return [name.removeprefix(f"{service}: ") for name in self.names]


USES = {
    "certificate": ["intake.take_in", "produce.produce", "produce.tally", "windup.revoke"],
    "directory": ["windup.confirmed", "windup.lifted"],
    "notification": ["planning.plan_letters", "delivering.deliver"],
    "plan": ["session_plans.close", "windup.revoke"],
    "reporting": [
        "following.approved",
        "following.postponed",
        "following.cancelled",
        "following.drawn",
        "following.void_with_session",
        "windup.revoke",
    ],
    "supervision": [
        "counting.keep",
        "violations.raise_found",
        "ladder.supersede",
        "ladder.take_standing",
        "winding_up.take_result",
    ],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked(monkeypatch)

    async def keep(*_: Any) -> None:
        asked.names.append("copy")

    monkeypatch.setattr("shared.keeping.local_copies.keep", keep)
    return asked


@pytest.mark.parametrize(
    ("service", "job", "fact", "leads_to"),
    [
        ("certificate", "copies", "body.registered.v1", "copy"),
        ("certificate", "intake", "roster.approved.v1", "intake.take_in"),
        ("certificate", "produce", "batch.numbered.v1", "produce.produce"),
        ("certificate", "tally", "batch.produced.v1", "produce.tally"),
        ("directory", "windup", "sanction.confirmed.v1", "windup.confirmed"),
        ("directory", "windup", "sanction.lifted.v1", "windup.lifted"),
        ("notification", "copies", "body.registered.v1", "copy"),
        ("notification", "plan", "roster.approved.v1", "planning.plan_letters"),
        ("notification", "deliver", "mailing.planned.v1", "delivering.deliver"),
        ("plan", "copies", "body.registered.v1", "copy"),
        ("plan", "closing", "roster.approved.v1", "session_plans.close"),
        ("reporting", "copies", "body.registered.v1", "copy"),
        ("reporting", "copies", "session_plan.approved.v1", "following.approved"),
        ("reporting", "copies", "session_plan.postponed.v1", "following.postponed"),
        ("reporting", "copies", "session_plan.cancelled.v1", "following.cancelled"),
        ("reporting", "copies", "session_plan.papers_drawn.v1", "following.drawn"),
        ("reporting", "copies", "session_plan.voided.v1", "following.void_with_session"),
        ("supervision", "copies", "body.registered.v1", "copy"),
        ("supervision", "numbers", "foreign_number.found.v1", "violations.raise_found"),
        ("supervision", "ladder", "sanction.confirmed.v1", "ladder.supersede"),
        ("supervision", "records", "session_plan.approved.v1", "counting.keep"),
        ("supervision", "records", "session_plan.returned.v1", "counting.keep"),
        ("supervision", "records", "session_plan.voided.v1", "counting.keep"),
        ("supervision", "records", "roster.approved.v1", "counting.keep"),
        ("supervision", "records", "roster.returned.v1", "counting.keep"),
        ("supervision", "records", "certificates.mailed.v1", "counting.keep"),
    ],
)
async def test_a_fact_leads_to_its_use_case(asked: Asked, service: str, job: str, fact: str, leads_to: str) -> None:
    assert await asked.after(service, job, told(fact)) == [leads_to]


@pytest.mark.parametrize("service", ["certificate", "plan", "reporting"])
@pytest.mark.parametrize("measure", ["notice", "rectification", "suspension", "revocation"])
async def test_only_a_revocation_winds_a_body_up(asked: Asked, service: str, measure: str) -> None:
    expected = ["windup.revoke"] if measure == "revocation" else []
    assert await asked.after(service, "windup", told("sanction.confirmed.v1", measure=measure)) == expected


async def test_what_the_directory_s_officers_do_concerns_no_sanction(asked: Asked) -> None:
    changed = "body.standing_changed.v1"
    assert await asked.after("supervision", "ladder", told(changed)) == []
    assert await asked.after("supervision", "ladder", told(changed, sanction="s")) == ["ladder.take_standing"]


@pytest.mark.parametrize("part", ["directory", "plan", "reporting", "certificate"])
@pytest.mark.parametrize(("state", "said"), [(DIFFERS, True), ("carried_out", False)])
async def test_each_part_of_a_winding_up_is_fetched_from_who_did_it_and_a_difference_is_said(
    asked: Asked, part: str, state: str, said: bool, caplog: pytest.LogCaptureFixture
) -> None:
    asked.answer = SimpleNamespace(id="s", state=state, differs_in=["x", "y"])
    done = told(f"{part}_windup.done.v1", sanction="s")
    assert await asked.after("supervision", "windup", done) == ["winding_up.take_result"]
    assert asked.given[-1][-2:] == (part, "s")
    assert ("sanction s did not do what it showed: 2 items differ" in caplog.text) == said


def test_every_declared_queue_has_a_handler_for_every_key_and_no_other() -> None:
    for service in SERVICES:
        made = handlers_of(service)
        declared: dict[str, set[str]] = defaultdict(set)
        for queue in REGISTER.topology().queues_of(service):
            declared[queue.job] |= set(queue.takes)  # one job may have a queue for each lane
            if queue.makes_letters == "bulk":
                declared[queue.job] |= set(REGISTER.letters)  # left there by releases that had this queue alone
        assert {job: set(by_type) for job, by_type in made.items()} == declared
