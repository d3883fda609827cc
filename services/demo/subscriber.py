"""The branch centres' own software in the play: it reads the feed on from before the first session."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from services.demo.cast import BRANCHES, Body
from services.demo.clerk import Refusal
from services.demo.office import Office
from services.demo.patient_clerk import PatientClerk
from services.demo.play import Session

FEED = "/notification/feed"
WAIT = 5_000  # milliseconds that one request waits for what comes
LOOKS = 24  # in vain, before something is taken for lost

OF_EACH_SESSION = (
    "session_plan.submitted.v1",
    "session_plan.endorsed.v1",
    "session_plan.approved.v1",
    "session_plan.papers_drawn.v1",
    "roster.submitted.v1",
    "roster.endorsed.v1",
    "roster.approved.v1",
    "certificates.ready.v1",
    "certificates.mailed.v1",
    "production.received.v1",
)
OF_EACH_BATCH = "batch.produced.v1"

Told = Counter[tuple[str, str]]
"""(type, session) → how often."""


@dataclass
class Subscriber:
    """machine: what it signs in with. last: the entry behind which it goes on. entries: what it received since the beginning."""

    branch: Body
    machine: PatientClerk
    last: str
    entries: list[dict[str, Any]] = field(default_factory=list)

    async def read_on(self, sessions: list[Session]) -> None:
        """Until everything came that should, or nothing more comes."""
        looks = 0
        while looks < LOOKS and expected(self.branch, sessions) - told(self.entries, sessions):
            page = await self.machine.get(f"{FEED}?lastEventId={self.last}&timeout={WAIT}")
            self.entries += page
            self.last, looks = (page[-1]["id"], 0) if page else (self.last, looks + 1)


async def subscribe(office: Office, client: httpx.AsyncClient) -> list[Subscriber]:
    """Each branch centre, from where its feed stands now."""
    found = []
    for branch in BRANCHES:
        machine = await _machine_of(office, client, branch)
        found.append(Subscriber(branch, machine, (await machine.get(f"{FEED}/position"))["id"]))
    return found


def expected(branch: Body, sessions: list[Session]) -> Told:
    wanted: Told = Counter()
    for session in sessions:
        if session.station.parent == branch.code:
            wanted.update((type_, session.id) for type_ in OF_EACH_SESSION)
            wanted[OF_EACH_BATCH, session.id] += len(session.batches) if branch.produces else 0
    return wanted


def told(entries: list[dict[str, Any]], sessions: list[Session]) -> Told:
    """Of what was received, what is about sessions of the play, whoever holds them."""
    ids = {session.id for session in sessions}
    about = [(entry["type"].removeprefix("cn.jianding."), entry["data"]) for entry in entries]
    return Counter(
        (type_, data.get("roster") or data.get("session"))
        for type_, data in about
        if (data.get("roster") or data.get("session")) in ids
    )


def faults(subscribers: list[Subscriber], sessions: list[Session]) -> list[str]:
    """What a branch centre received and should not have, or did not receive; in sentences."""
    found: list[str] = []
    for one in subscribers:
        code, wanted, got = one.branch.code, expected(one.branch, sessions), told(one.entries, sessions)
        found += [f"{code}: {type_} about {id} came {got[type_, id]} times" for type_, id in sorted(got - wanted)]
        found += [f"{code}: {type_} about {id} is missing in its feed" for type_, id in sorted(wanted - got)]
        below = f"/{one.branch.parent}/{code}/"
        strange = [entry["id"] for entry in one.entries if not _concerns(entry["data"], code, below)]
        found += [f"{code}: {id} is none of its subtree" for id in strange]
        numbers = [entry["feednumber"] for entry in one.entries]
        if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            found.append(f"{code}: the numbers of its feed have a gap")
    return found


def _concerns(data: dict[str, Any], code: str, below: str) -> bool:
    """Bulletins concern everybody."""
    return data["path"].startswith(below) if "path" in data else data.get("producer") == code or "bulletin" in data


async def _machine_of(office: Office, client: httpx.AsyncClient, branch: Body) -> PatientClerk:
    """The secret is shown once; in a second run against the same deployment it is renewed."""
    id = f"demo.{branch.code}.system"
    content = {"id": id, "name": f"{branch.name_zh}业务系统", "body": branch.code}
    account = f"/directory/accounts/{id}"
    made = await office.operator.create("/directory/machines", content, f"demo/machine/{branch.code}")
    while "secret" not in made:
        _, etag = await office.operator.look(account)
        try:
            made = (await office.operator.ask("POST", f"/directory/machines/{id}/secret", etag)).json()
        except Refusal as refusal:
            if refusal.status != 412:
                raise
            await asyncio.sleep(0.1)
    return _Machine(client, id, made["secret"])


class _Machine(PatientClerk):
    GRANT = ("client_credentials", "client_id", "client_secret")
