"""The clerks of the play at their desks: who signs in with which password, and the way that every form goes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import httpx

from services.demo.cast import BODIES, CENTRE, Body
from services.demo.patient_clerk import PatientClerk

Tell = Callable[[str, int, int], None]
"""(what is going on, done, of) for the progress display."""

WHY = {"lead_time": "演示：当日鉴定 · demo: held on the day it is approved"}
OTHERWISE = "演示 · demo"
"""What the Centre writes where it lets something through, by rule."""


class Differs(Exception):
    """What is there already is not what the play needs. The sentence says what differs and what to do."""


class Office:
    def __init__(self, client: httpx.AsyncClient, operator_password: str, tell: Tell) -> None:
        self._client, self._secret, self.tell = client, operator_password, tell
        self._clerks: dict[str, PatientClerk] = {}
        self.operator = PatientClerk(client, "operator", operator_password)
        self.let_through: list[dict[str, str]] = []
        """What needed the Centre's reason: document, rule and reason."""

    def clerk(self, body: Body, role: str) -> PatientClerk:
        account = body.account(role)
        if account not in self._clerks:
            self._clerks[account] = PatientClerk(self._client, account, self.password(account))
        return self._clerks[account]

    def password(self, account: str) -> str:
        """The same in every run against the same deployment, and known to nobody without the operator's password."""
        return hmac.new(self._secret.encode(), account.encode(), hashlib.sha256).hexdigest()[:32]

    async def up(self, station: Body, document: str, approve: bool = True) -> None:
        """Submit, endorse where there is a branch, approve."""
        beyond = ("submitted", "endorsed", "approved")
        await self.clerk(station, "station_head").bring(document, "submission", beyond)
        branch = next((body for body in BODIES if body.code == station.parent and body.kind == "branch"), None)
        if branch is not None:
            await self.clerk(branch, "branch_officer").bring(document, "endorsement", beyond[1:])
        if approve:
            await self.approve(document)

    async def approve(self, document: str) -> None:
        """With a reason for everything that the document says it needs one for; kept for the summary."""
        approver = self.clerk(CENTRE, "centre_approver")
        rules = [needed["rule"] for needed in (await approver.get(document)).get("needs") or ()]
        reasons = {rule: WHY.get(rule, OTHERWISE) for rule in rules}
        await approver.bring(document, "approval", ("approved",), json={"exceptions": reasons})
        self.let_through += [{"document": document, "rule": rule, "reason": reason} for rule, reason in reasons.items()]
