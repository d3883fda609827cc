"""A clerk who signs in with a password, tries again when the system is away, and never does a thing twice."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from itertools import count
from typing import Any, ClassVar

import httpx

from services.demo.clerk import Clerk, Refusal
from shared.pauses import pause_for

PATIENCE = 180.0  # seconds without an answer before the clerk gives up
LONGEST_PAUSE = 2.0  # seconds; somebody watches the play
_AWAY = {429, 502, 503, 504}


class PatientClerk(Clerk):
    GRANT: ClassVar[tuple[str, str, str]] = ("password", "username", "password")
    """How it signs in: the grant, and the fields of account and secret."""

    def __init__(self, client: httpx.AsyncClient, account: str, password: str) -> None:
        super().__init__(client)
        self._account, self._password = account, password
        self._token = ""

    async def token(self) -> str:
        if not self._token:
            await self._sign_in()
        return self._token

    async def ask(
        self,
        method: str,
        path: str,
        expected_version: int | str | None = None,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """One request, repeated while the system is away. Raises Refusal, TimeoutError."""
        started = time.monotonic()
        for attempt in count():
            try:
                answer = await super().ask(method, path, expected_version, headers, **content)
                if answer.is_success:
                    return answer
                if _signs_in_again(answer) and time.monotonic() - started < PATIENCE:
                    self._token = ""
                elif not _away(answer):
                    raise Refusal(answer)
                why = f"{answer.status_code} {answer.text[:200]}"
            except httpx.TransportError as error:
                why = f"{type(error).__name__}"
            if time.monotonic() - started > PATIENCE:
                break
            await asyncio.sleep(pause_for(attempt, 0.1, LONGEST_PAUSE))
        raise TimeoutError(f"{method} {path}: no answer for {PATIENCE:.0f} s, last: {why}")

    async def create(self, path: str, content: Mapping[str, Any], key: str) -> dict[str, Any]:
        """What is already there from an earlier run is fetched instead."""
        try:
            return await super().create(path, content, key)
        except Refusal as refusal:
            if refusal.status != 409 or "Location" not in refusal.problem:
                raise
            found: dict[str, Any] = await self.get(str(refusal.problem["Location"]))
            return found

    async def bring(self, document: str, verb: str, until: tuple[str, ...], **content: Any) -> dict[str, Any]:
        """Bring a document to one of the states `until` by a verb. A lost answer shows itself in the state."""
        while True:
            found, etag = await self.look(document)
            if found["state"] in until:
                return found
            try:
                return await self.act(document, verb, etag, **content)
            except Refusal as refusal:
                if refusal.status != 412:
                    raise

    async def take_over(self, initial: str) -> None:
        """What everybody does first: change the initial password, which opens nothing, to one's own."""
        change = {"account": self._account, "old": initial, "new": self._password}
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE:
            with contextlib.suppress(httpx.TransportError):
                answer = await self._client.post("/directory/passwords", json=change)
                if answer.is_success:
                    return
                if answer.status_code not in _AWAY:
                    await self._sign_in()  # changed already, and the answer was lost; raises Refusal if not
                    return
            await asyncio.sleep(0.5)
        raise TimeoutError(f"the password of {self._account} could not be changed for {PATIENCE:.0f} s")

    async def _sign_in(self) -> None:
        grant, account, secret = self.GRANT
        form = {"grant_type": grant, account: self._account, secret: self._password}
        answer = await self._client.post("/directory/tokens", data=form)
        if answer.is_success:
            self._token = answer.json()["access_token"]
        elif answer.status_code not in _AWAY:
            raise Refusal(answer)


def _signs_in_again(answer: httpx.Response) -> bool:
    """Its token ended, or what it does needs a fresh sign-in."""
    return answer.status_code == 401 or (
        answer.status_code == 403 and Refusal(answer).problem.get("sign_in") == "fresh"
    )


def _away(answer: httpx.Response) -> bool:
    """409 with Retry-After: somebody else is at it just now."""
    return answer.status_code in _AWAY or (answer.status_code == 409 and "Retry-After" in answer.headers)
