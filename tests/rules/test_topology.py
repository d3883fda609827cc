"""Queues, handlers, contracts and owners fit together, in both directions."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.directory.settings import DirectorySettings
from services.runtime.catalogue import REGISTER, blueprint_of
from services.runtime.wiring import MACHINERY
from shared import contracts
from shared.contracts import plan
from shared.keeping.aggregate import Aggregate
from shared.messaging import topology
from shared.messaging.topology import Queue
from shared.register.access import PUBLIC
from shared.register.declaration import Declaration
from shared.register.register import Claimed, Register
from shared.service import Service
from tests.world.empty import empty_house
from tests.world.topology import SERVICES, TOPOLOGY

ROOT = Path(__file__).parents[2]
QUEUES = {queue.name: queue for queue in TOPOLOGY.queues}


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    """Built without any connection: only what they are wired to is of interest."""
    return {name: blueprint_of(name).build(empty_house()) for name in SERVICES}


def test_the_catalogue_finds_every_service() -> None:
    folders = {path.parent.name for path in (ROOT / "services").glob("*/declares.py")}
    assert set(SERVICES) == folders
    assert all(name == one.service for name, one in REGISTER.declared.items())
    assert all(queue.service in folders for queue in QUEUES.values())


def test_the_contracts_are_those_that_services_declare() -> None:
    assert REGISTER.facts == contracts.FACTS


@pytest.mark.parametrize(
    "claim",
    [
        {"service": "plan"},
        {"queues": (Queue("x", "y", (), 1), Queue("x", "y", (), 2))},
        {"facts": plan.FACTS},
        {"letters": ({"roster.approved.v1": ()},)},
        {"letters": ({"a.b.v1": ()}, {"a.b.v1": ()})},
        {"titles": {"roster": ("", "")}},
        {"access": ({"GET /a": PUBLIC}, {"GET /a": PUBLIC})},
        {"access": ({"GET /parked": PUBLIC},)},
        {"settings": DirectorySettings},
        {"templates": ROOT / "services" / "plan" / "letters"},
    ],
    ids=lambda claim: next(iter(claim)),
)
def test_what_is_claimed_twice_is_refused(claim: dict[str, Any]) -> None:
    """Merged in silence, one of the two would never be asked."""
    second = replace(Declaration("x", (), (), ()), **claim)
    with pytest.raises(Claimed):
        Register([*REGISTER.declared.values(), second])


def test_every_queue_has_handlers_for_exactly_what_it_takes(services: dict[str, Service]) -> None:
    for queue in QUEUES.values():
        handlers = services[queue.service].handlers
        assert queue.job in handlers, f"{queue.name} has no handlers"
        left = (
            set(REGISTER.letters) if queue.makes_letters == "bulk" else set()
        )  # by releases that had this queue alone
        assert set(handlers[queue.job]) == set(queue.takes) | left, queue.name


def test_every_handler_has_a_queue(services: dict[str, Service]) -> None:
    jobs = {(name, job) for name, service in services.items() for job in service.handlers}
    assert jobs == {(queue.service, queue.job) for queue in QUEUES.values()}


def test_every_fact_that_is_taken_has_a_contract() -> None:
    assert {fact for queue in QUEUES.values() for fact in queue.takes} <= set(contracts.FACTS)


def test_every_contract_is_taken_by_somebody() -> None:
    """A fact that nobody of ours takes would lie in `unrouted`, where it hides those that were lost there."""
    taken = {fact for queue in QUEUES.values() for fact in queue.takes}
    assert set(contracts.FACTS) == taken


def test_every_fact_is_named_like_a_fact() -> None:
    for fact in contracts.FACTS:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[1-9]\d*", fact), fact


def test_every_fact_about_a_body_that_makes_letters_names_it() -> None:
    """`notification` looks up `body`, and each addressee, in the fact."""
    for fact, letters in REGISTER.letters.items():
        fields = set(contracts.FACTS[fact].model_fields)
        many = {"holders", "bodies"}
        assert {"body", *(letter.who for letter in letters if letter.who not in many)} <= fields, fact


def test_the_lanes_of_producing_branches() -> None:
    lanes = REGISTER.topology(["49060001", "49050001"]).queues_of("certificate")
    names = [queue.name for queue in lanes if queue.job == "produce"]
    assert names == ["certificate.produce", "certificate.produce.49050001", "certificate.produce.49060001"]
    assert [queue.keys for queue in lanes if queue.lane] == [
        ("batch.numbered.v1.49050001",),
        ("batch.numbered.v1.49060001",),
    ]
    assert all(queue.parked == f"{queue.name}.parked" for queue in lanes)


@pytest.mark.parametrize("service", SERVICES)
def test_every_kind_of_document_is_declared(service: str) -> None:
    """The store on a server looks for unsent facts in declared collections only."""
    declared = {kind.name for kind in REGISTER.declared[service].kinds}
    assert declared.isdisjoint(kind.name for kind in MACHINERY)
    package = importlib.import_module(f"services.{service}")
    modules = [*pkgutil.walk_packages(package.__path__, f"services.{service}.")]
    assert len(modules) > len(list(pkgutil.iter_modules(package.__path__))), "the nouns lie in folders of their own"
    for module in modules:
        for noun in vars(importlib.import_module(module.name)).values():
            ours = isinstance(noun, type) and issubclass(noun, Aggregate) and noun.__module__ == module.name
            if ours and hasattr(noun, "KIND"):  # without: what several documents have in common
                assert noun.KIND in declared, noun


def test_waits_grow() -> None:
    seconds = list(topology.WAITS.values())
    assert seconds == sorted(seconds)
    assert min(seconds) >= 10
