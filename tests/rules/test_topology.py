"""Queues, handlers, contracts and owners fit together, in both directions."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from services.notification.letters.audience import LETTERS
from services.runtime.catalogue import BLUEPRINTS
from services.runtime.wiring import MACHINERY
from shared import contracts
from shared.contracts import certificate, directory, notification, plan, reporting, supervision
from shared.keeping.aggregate import Aggregate
from shared.messaging import topology
from shared.service import Service
from tests.world.empty import empty_house

OWNED = {
    "directory": directory.FACTS,
    "plan": plan.FACTS,
    "reporting": reporting.FACTS,
    "certificate": certificate.FACTS,
    "notification": notification.FACTS,
    "supervision": supervision.FACTS,
}
QUEUES = {queue.name: queue for queue in topology.queues()}


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    """Built without any connection: only what they are wired to is of interest."""
    return {name: blueprint.build(empty_house()) for name, blueprint in BLUEPRINTS.items()}


def test_the_catalogue_names_every_service() -> None:
    assert set(BLUEPRINTS) == set(topology.SERVICES) == set(OWNED)
    assert all(name == blueprint.name for name, blueprint in BLUEPRINTS.items())


def test_every_queue_has_handlers_for_exactly_what_it_takes(services: dict[str, Service]) -> None:
    for queue in QUEUES.values():
        handlers = services[queue.service].handlers
        assert queue.job in handlers, f"{queue.name} has no handlers"
        assert set(handlers[queue.job]) == set(queue.takes), queue.name


def test_every_handler_has_a_queue(services: dict[str, Service]) -> None:
    jobs = {(name, job) for name, service in services.items() for job in service.handlers}
    assert jobs == {(queue.service, queue.job) for queue in QUEUES.values()}


def test_every_fact_that_is_taken_has_a_contract() -> None:
    assert {fact for queue in QUEUES.values() for fact in queue.takes} <= set(contracts.FACTS)


def test_every_contract_is_taken_by_somebody() -> None:
    """A fact that nobody of ours takes would lie in `unrouted`, where it hides those that were lost there."""
    taken = {fact for queue in QUEUES.values() for fact in queue.takes}
    assert set(contracts.FACTS) == taken


@pytest.mark.parametrize("service", OWNED)
def test_facts_are_about_nouns_that_their_service_owns(service: str) -> None:
    """The broker lets a service write only facts that begin with one of its nouns."""
    assert {fact.TYPE.split(".")[0] for fact in OWNED[service]} == set(topology.OWNERS[service])


def test_no_noun_has_two_owners() -> None:
    nouns = [noun for owned in topology.OWNERS.values() for noun in owned]
    assert len(nouns) == len(set(nouns))


def test_every_fact_is_named_like_a_fact() -> None:
    for fact in contracts.FACTS:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[1-9]\d*", fact), fact
    assert len(contracts.FACTS) == sum(len(facts) for facts in OWNED.values())


def test_every_fact_about_a_body_that_makes_letters_names_it() -> None:
    """`notification` looks up `body`, and each addressee, in the fact."""
    for fact, letters in LETTERS.items():
        fields = set(contracts.FACTS[fact].model_fields)
        many = {"holders", "bodies"}
        assert {"body", *(letter.who for letter in letters if letter.who not in many)} <= fields, fact


def test_the_lanes_of_producing_branches() -> None:
    lanes = topology.queues_of("certificate", ["49060001", "49050001"])
    names = [queue.name for queue in lanes if queue.job == "produce"]
    assert names == ["certificate.produce", "certificate.produce.49050001", "certificate.produce.49060001"]
    assert [queue.keys for queue in lanes if queue.lane] == [
        ("batch.numbered.v1.49050001",),
        ("batch.numbered.v1.49060001",),
    ]
    assert all(queue.parked == f"{queue.name}.parked" for queue in lanes)


@pytest.mark.parametrize("service", BLUEPRINTS)
def test_every_kind_of_document_is_declared(service: str) -> None:
    """The store on a server looks for unsent facts in declared collections only."""
    declared = {kind.name for kind in BLUEPRINTS[service].kinds}
    assert declared.isdisjoint(kind.name for kind in MACHINERY)
    package = importlib.import_module(f"services.{service}")
    for module in pkgutil.iter_modules(package.__path__, f"services.{service}."):
        for noun in vars(importlib.import_module(module.name)).values():
            ours = isinstance(noun, type) and issubclass(noun, Aggregate) and noun.__module__ == module.name
            if ours and hasattr(noun, "KIND"):  # without: what several documents have in common
                assert noun.KIND in declared, noun


def test_waits_grow() -> None:
    seconds = list(topology.WAITS.values())
    assert seconds == sorted(seconds)
    assert min(seconds) >= 10
