"""The broker's definitions, without a broker: what messaging relies on, checked on the document."""

from __future__ import annotations

import re

import pytest

from services.runtime.catalogue import REGISTER
from shared.adapters.rabbitmq.definitions import definitions
from shared.contracts import FACTS
from tests.world.topology import SERVICES

TOPOLOGY = REGISTER.topology(["49050000", "49060000"])
DOCUMENT = definitions(TOPOLOGY)
QUEUES = [queue["name"] for queue in DOCUMENT["queues"]]
POLICIES = {policy["name"]: policy for policy in DOCUMENT["policies"]}
JOBS = [queue.name for queue in TOPOLOGY.queues]


def matching(queue: str) -> list[str]:
    return [
        policy["name"]
        for policy in DOCUMENT["policies"]
        if policy["apply-to"] == "queues" and re.search(policy["pattern"], queue)
    ]


@pytest.mark.parametrize("queue", QUEUES)
def test_every_queue_has_exactly_the_policy_of_its_name(queue: str) -> None:
    assert matching(queue) == [queue]


@pytest.mark.parametrize("queue", JOBS)
def test_a_crashed_message_parks_under_the_name_of_its_queue(queue: str) -> None:
    assert POLICIES[queue]["definition"] == {
        "delivery-limit": 20,
        "dead-letter-exchange": "park",
        "dead-letter-routing-key": queue,
        "dead-letter-strategy": "at-least-once",
        "overflow": "reject-publish",
    }
    parked = [binding["destination"] for binding in DOCUMENT["bindings"] if binding["source"] == "park"]
    keys = [binding["routing_key"] for binding in DOCUMENT["bindings"] if binding["source"] == "park"]
    assert dict(zip(keys, parked, strict=True))[queue] == f"{queue}.parked"


@pytest.mark.parametrize("queue", JOBS)
def test_parking_never_drops_and_never_expires(queue: str) -> None:
    content = POLICIES[f"{queue}.parked"]["definition"]
    assert content["delivery-limit"] >= 1_000_000
    assert not content.keys() & {"message-ttl", "max-length", "max-length-bytes", "dead-letter-exchange"}


@pytest.mark.parametrize(
    ("queue", "milliseconds"),
    [("wait.10s", 10_000), ("wait.1m", 60_000), ("wait.10m", 600_000), ("wait.1h", 3_600_000)],
)
def test_waits_end_at_redeliver(queue: str, milliseconds: int) -> None:
    content = POLICIES[queue]["definition"]
    assert (content["message-ttl"], content["dead-letter-exchange"]) == (milliseconds, "redeliver")
    assert content["dead-letter-strategy"] == "at-least-once"
    assert content["overflow"] == "reject-publish"  # at-least-once needs it


def test_what_may_be_tuned_is_no_argument() -> None:
    """A changed argument stops the start; what may be tuned is a policy. That one consumer at a time has a queue is for good."""
    alone = {queue.name for queue in TOPOLOGY.queues if queue.in_order}
    for queue in DOCUMENT["queues"]:
        expected = {"x-queue-type": "quorum"} | ({"x-single-active-consumer": True} if queue["name"] in alone else {})
        assert queue["arguments"] == expected, queue["name"]
    assert all(not one["arguments"] for one in DOCUMENT["exchanges"] + DOCUMENT["bindings"])


def test_redeliver_reaches_one_queue_by_its_own_name() -> None:
    keys = [(one["routing_key"], one["destination"]) for one in DOCUMENT["bindings"] if one["source"] == "redeliver"]
    assert len(keys) == len(set(keys)) == 2 * len(JOBS)
    assert all(key == queue for key, queue in keys)


def test_facts_are_bound_by_exact_versions() -> None:
    keys = {one["routing_key"] for one in DOCUMENT["bindings"] if one["source"] == "events"}
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+\.v\d+(\.(\d{8}|[a-z]+))?", key) for key in keys)
    assert {".".join(key.split(".")[:3]) for key in keys} <= set(FACTS)


def test_no_service_declares_anything_or_uses_the_default_exchange() -> None:
    services = [one for one in DOCUMENT["permissions"] if one["user"] != "provision"]
    assert {one["user"] for one in services} == set(SERVICES)
    assert {one["configure"] for one in services} == {"^$"}
    for right in services:
        assert not re.search(right["write"], "amq.default")
        assert not re.search(right["write"], "unrouted")
        assert [name for name in JOBS if re.search(right["read"], name)] == [
            name for name in JOBS if name.startswith(f"{right['user']}.")
        ]


def test_every_fact_has_one_service_that_may_write_it() -> None:
    for fact in FACTS:
        writers = [
            right["user"]
            for right in DOCUMENT["topic_permissions"]
            if right["exchange"] == "events" and re.search(right["write"], fact)
        ]
        assert len(writers) == 1, fact


def test_the_document_holds_no_secret_and_names_its_vhost_everywhere() -> None:
    assert "password" not in str(DOCUMENT)
    for part in ("permissions", "topic_permissions", "exchanges", "queues", "bindings", "policies"):
        assert {one["vhost"] for one in DOCUMENT[part]} == {"core"}
