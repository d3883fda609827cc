"""Exchanges, queues, bindings and rights as data. Broker definitions, the embedded bus and the tests are made from it.

On `events` a service writes its own facts; on every other exchange only keys that start with its own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WAITS = {
    "10s": 10,
    "1m": 60,
    "10m": 600,
    "1h": 3600,
}  # seconds; one queue each, so a long wait never blocks a short one

DELIVERY_LIMIT = 20  # crashes of a consumer over one message before the broker itself parks it

OWNERS: dict[str, tuple[str, ...]] = {
    "directory": ("body", "account", "training", "directory_windup"),
    "plan": ("annual_plan", "session_plan", "plan_windup"),
    "reporting": ("roster", "foreign_number", "reporting_windup"),
    "certificate": ("batch", "certificates", "certificate_windup"),
    "notification": ("mailing",),
    "supervision": ("inspection", "sanction", "work_report", "bulletin"),
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
    # Each revocation is carried out by one handler of each service, one after the other.
    Queue("directory", "windup", ("sanction.confirmed.v1", "sanction.lifted.v1"), prefetch=1),
    Queue("plan", "copies", ("body.registered.v1",), prefetch=20),
    Queue("plan", "closing", ("roster.approved.v1",), prefetch=10),
    Queue("plan", "windup", ("sanction.confirmed.v1",), prefetch=1),
    Queue(
        "reporting",
        "copies",
        ("body.registered.v1", "session_plan.approved.v1", "session_plan.voided.v1"),
        prefetch=20,
    ),
    Queue("reporting", "windup", ("sanction.confirmed.v1",), prefetch=1),
    Queue("certificate", "copies", ("body.registered.v1",), prefetch=20),
    Queue("certificate", "intake", ("roster.approved.v1",), prefetch=2),
    # The drawing itself happens in child processes, so a crash of native code spares the neighbours; a second delivery
    # in hand lets one batch be read and stored while another is drawn.
    Queue("certificate", "produce", ("batch.numbered.v1",), prefetch=2),
    Queue("certificate", "tally", ("batch.produced.v1",), prefetch=4),
    Queue("certificate", "windup", ("sanction.confirmed.v1",), prefetch=1),
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
            "certificates.voided.v1",
            "inspection.performed.v1",
            "inspection.closed.v1",
            "sanction.confirmed.v1",
            "sanction.lifted.v1",
            "sanction.carried_out.v1",
            "body.standing_changed.v1",
            "training.due.v1",
            "account.locked.v1",
            "account.reset_requested.v1",
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
    Queue("supervision", "numbers", ("foreign_number.found.v1",), prefetch=10),
    Queue("supervision", "ladder", ("sanction.confirmed.v1", "body.standing_changed.v1"), prefetch=1),
    # All four parts of a revocation are written into one sanction.
    Queue(
        "supervision",
        "windup",
        (
            "directory_windup.done.v1",
            "plan_windup.done.v1",
            "reporting_windup.done.v1",
            "certificate_windup.done.v1",
        ),
        prefetch=1,
    ),
    Queue(
        "supervision",
        "records",
        (
            "session_plan.approved.v1",
            "session_plan.returned.v1",
            "session_plan.voided.v1",
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
