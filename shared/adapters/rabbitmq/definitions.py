"""The broker's objects and rights, rendered from the topology: pure, and the same for the boot file and provisioning.

Only the queue type is an argument; everything tunable is a policy, because a changed argument is refused at the next
start while a changed policy simply applies. One policy per queue: the broker dead-letters with the fact's own key
unless told otherwise, `park` binds queue names only, and a policy's pattern cannot name its queue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from shared.messaging.topology import DELIVERY_LIMIT, WAITS, Queue, Topology
from shared.ports.exchanges import EVENTS, PARK, REDELIVER, UNROUTED

Definition = dict[str, Any]

ADMIN = "provision"
UNROUTED_DAYS = 7
# The broker's own limit of 20 would drop a parked message that cannot be drained for long; -1 is unknown before 4.0.
PARKED_LIMIT = 1_000_000
_AT_LEAST_ONCE = {"dead-letter-strategy": "at-least-once", "overflow": "reject-publish"}


def wait_name(wait: str) -> str:
    """Exchange and queue of one of topology.WAITS."""
    return f"wait.{wait}"


def definitions(topology: Topology, vhost: str = "core", user_prefix: str = "") -> Definition:
    """A definitions document without password hashes; `user_prefix` lets several houses share one broker."""
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            *({"name": user_prefix + service, "tags": []} for service in topology.owners),
            {"name": user_prefix + ADMIN, "tags": ["administrator"]},
        ],
        "permissions": permissions(topology, vhost, user_prefix),
        "topic_permissions": topic_permissions(topology, vhost, user_prefix),
        "exchanges": exchanges(vhost),
        "queues": declared_queues(topology.queues, vhost),
        "bindings": bindings(topology.queues, vhost),
        "policies": policies(topology.queues, vhost),
    }


def exchanges(vhost: str) -> list[Definition]:
    kinds = {EVENTS: "topic", REDELIVER: "topic", PARK: "topic", UNROUTED: "fanout"}
    kinds |= {wait_name(wait): "topic" for wait in WAITS}
    return [
        {"name": name, "vhost": vhost, "type": kind, "durable": True, "auto_delete": False, "arguments": {}}
        for name, kind in kinds.items()
    ]


def declared_queues(queues: Sequence[Queue], vhost: str) -> list[Definition]:
    def declared(name: str, **more: object) -> Definition:
        arguments = {"x-queue-type": "quorum", **more}
        return {"name": name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": arguments}

    made = [declared(name) for name in (UNROUTED, *map(wait_name, WAITS))]
    for queue in queues:
        alone = {"x-single-active-consumer": True} if queue.in_order else {}
        made += [declared(queue.name, **alone), declared(queue.parked)]
    return made


def bindings(queues: Sequence[Queue], vhost: str) -> list[Definition]:
    def binding(source: str, queue: str, key: str) -> Definition:
        return {
            "source": source,
            "vhost": vhost,
            "destination": queue,
            "destination_type": "queue",
            "routing_key": key,
            "arguments": {},
        }

    made = [binding(UNROUTED, UNROUTED, "")]
    made += [binding(wait_name(wait), wait_name(wait), "#") for wait in WAITS]
    for queue in queues:
        made += [binding(EVENTS, queue.name, key) for key in queue.keys]
        made.append(binding(REDELIVER, queue.name, queue.name))
        # Draining the parked messages waits too while the database is away.
        made.append(binding(REDELIVER, queue.parked, queue.parked))
        made.append(binding(PARK, queue.parked, queue.name))
    return made


def policies(queues: Sequence[Queue], vhost: str) -> list[Definition]:
    def policy(name: str, pattern: str, content: Definition, to: str = "queues") -> Definition:
        return {
            "name": name,
            "vhost": vhost,
            "pattern": pattern,
            "apply-to": to,
            "priority": 10,
            "definition": content,
        }

    def exactly(*names: str) -> str:
        return f"^({'|'.join(map(re.escape, names))})$"

    made = [
        # On redeliver and park as well: a wait that ends for a queue that is gone would otherwise stay stuck for ever.
        policy("unrouted-facts", exactly(EVENTS, REDELIVER, PARK), {"alternate-exchange": UNROUTED}, "exchanges"),
        policy(UNROUTED, exactly(UNROUTED), {"message-ttl": UNROUTED_DAYS * 24 * 3600 * 1000}),
    ]
    made += [
        policy(
            wait_name(wait),
            exactly(wait_name(wait)),
            {"message-ttl": seconds * 1000, "dead-letter-exchange": REDELIVER, **_AT_LEAST_ONCE},
        )
        for wait, seconds in WAITS.items()
    ]
    for queue in queues:
        made.append(
            policy(
                queue.name,
                exactly(queue.name),
                {
                    "delivery-limit": DELIVERY_LIMIT,
                    "dead-letter-exchange": PARK,
                    "dead-letter-routing-key": queue.name,
                    **_AT_LEAST_ONCE,
                },
            )
        )
        made.append(policy(queue.parked, exactly(queue.parked), {"delivery-limit": PARKED_LIMIT}))
    return made


def permissions(topology: Topology, vhost: str, user_prefix: str = "") -> list[Definition]:
    """Nobody but the administrator declares anything, and the default exchange matches no pattern."""
    write = f"^({EVENTS}|wait\\..*|{REDELIVER}|{PARK})$"
    made = [
        {
            "user": user_prefix + service,
            "vhost": vhost,
            "configure": "^$",
            "write": write,
            "read": f"^{re.escape(service)}\\..*$",
        }
        for service in topology.owners
    ]
    made.append({"user": user_prefix + ADMIN, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"})
    return made


def topic_permissions(topology: Topology, vhost: str, user_prefix: str = "") -> list[Definition]:
    """On `events` your own facts; on every other topic exchange keys that start with your own name."""
    return [
        {
            "user": user_prefix + service,
            "vhost": vhost,
            "exchange": exchange,
            "write": _starts_with(nouns) if exchange == EVENTS else _starts_with([service]),
            "read": ".*",
        }
        for service, nouns in topology.owners.items()
        for exchange in (EVENTS, REDELIVER, PARK, *map(wait_name, WAITS))
    ]


def _starts_with(words: Iterable[str]) -> str:
    return f"^({'|'.join(map(re.escape, words))})\\."
