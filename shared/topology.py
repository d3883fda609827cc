"""Exchanges, queues, bindings and rights as data. Broker definitions, the embedded bus and the tests are made from it.

On `events` a service writes its own facts; on every other exchange only keys that start with its own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EVENTS = "events"  # all facts; key = fact type (plus a lane, see Queue.lane)
REDELIVER = "redeliver"  # where waits end and replays begin; the key is a queue name, so it reaches exactly one queue
PARK = "park"  # what nobody could apply; the key is a queue name
AUDIT = "audit"  # no exchange: the relay brings these rows to the audit chain in the service's own store
UNROUTED = "unrouted"  # a fact nobody listens to is kept and visible, and never blocks an outbox
WAITS = {
    "10s": 10,
    "1m": 60,
    "10m": 600,
    "1h": 3600,
}  # seconds; one queue each, so a long wait never blocks a short one

DELIVERY_LIMIT = 20  # crashes of a consumer over one message before the broker itself parks it

OWNERS: dict[str, tuple[str, ...]] = {
    "directory": ("body",),
    "plan": ("annual_plan", "session_plan"),
    "reporting": ("roster",),
    "certificate": ("batch", "certificates"),
    "notification": ("mailing",),
    "supervision": ("work_report", "bulletin"),
}
"""Which service writes facts about which nouns."""

SERVICES = tuple(OWNERS)


@dataclass(frozen=True, slots=True)
class Queue:
    """One job of one service. `lane` narrows its facts to those published with that lane (`batch.numbered.v1.<lane>`)."""

    service: str
    job: str
    takes: tuple[str, ...]
    prefetch: int
    lane: str = ""

    @property
    def name(self) -> str:
        return f"{self.service}.{self.job}" + (f".{self.lane}" if self.lane else "")

    @property
    def parked(self) -> str:
        return f"{self.name}.parked"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"{fact}.{self.lane}" if self.lane else fact for fact in self.takes)


_QUEUES = (
    Queue("plan", "copies", ("body.registered.v1",), prefetch=20),
    Queue("reporting", "copies", ("body.registered.v1", "session_plan.approved.v1"), prefetch=20),
    Queue("certificate", "copies", ("body.registered.v1",), prefetch=20),
    Queue("certificate", "intake", ("roster.approved.v1",), prefetch=2),
    # The drawing itself happens in child processes, so a crash of native code spares the neighbours; a second delivery
    # in hand lets one batch be read and stored while another is drawn.
    Queue("certificate", "produce", ("batch.numbered.v1",), prefetch=2),
    Queue("certificate", "tally", ("batch.produced.v1",), prefetch=4),
    Queue("notification", "copies", ("body.registered.v1",), prefetch=20),
    Queue(
        "notification",
        "plan",
        (
            "annual_plan.submitted.v1",
            "annual_plan.endorsed.v1",
            "annual_plan.approved.v1",
            "annual_plan.returned.v1",
            "annual_plan.due.v1",
            "session_plan.submitted.v1",
            "session_plan.endorsed.v1",
            "session_plan.approved.v1",
            "session_plan.returned.v1",
            "roster.submitted.v1",
            "roster.endorsed.v1",
            "roster.approved.v1",
            "roster.returned.v1",
            "certificates.ready.v1",
            "certificates.mailed.v1",
            "work_report.due.v1",
            "work_report.submitted.v1",
            "work_report.endorsed.v1",
            "work_report.approved.v1",
            "work_report.returned.v1",
            "bulletin.published.v1",
        ),
        prefetch=4,
    ),
    Queue("notification", "deliver", ("mailing.planned.v1",), prefetch=10),
    Queue("supervision", "copies", ("body.registered.v1",), prefetch=20),
    Queue(
        "supervision",
        "records",
        (
            "session_plan.approved.v1",
            "session_plan.returned.v1",
            "roster.approved.v1",
            "roster.returned.v1",
            "certificates.mailed.v1",
        ),
        prefetch=10,
    ),
)


def queues(producers: Iterable[str] = ()) -> tuple[Queue, ...]:
    """All queues. Each branch centre in `producers` (institution codes) gets a produce queue of its own."""
    lanes = tuple(
        Queue("certificate", "produce", ("batch.numbered.v1",), prefetch=2, lane=code) for code in sorted(producers)
    )
    return _QUEUES + lanes


def queues_of(service: str, producers: Iterable[str] = ()) -> tuple[Queue, ...]:
    return tuple(queue for queue in queues(producers) if queue.service == service)
