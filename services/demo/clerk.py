"""A clerk at a keyboard: signs in, asks, tries again when the system is away, and never does a thing twice."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import httpx

PATIENCE = 180.0  # seconds without an answer before the clerk gives up
_AWAY = {429, 502, 503, 504}


class Refusal(Exception):
    """The system said no: status and problem details."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        try:
            self.problem: dict[str, Any] = answer.json()
        except ValueError:
            self.problem = {"detail": answer.text[:500]}
        super().__init__(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {self.problem.get('detail')}"
        )


class Clerk:
    def __init__(self, client: httpx.AsyncClient, account: str, password: str) -> None:
        self._client, self._account, self._password = client, account, password
        self._token = ""

    async def get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.ask("GET", path)).json()
        return found

    async def everything(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, page after page."""
        items: list[dict[str, Any]] = []
        mark, after = "&" if "?" in path else "?", ""
        while True:
            page = await self.get(f"{path}{mark}limit=500" + (f"&after={after}" if after else ""))
            items += page["items"]
            if not page["next"]:
                return items
            after = page["next"]

    async def create(self, path: str, content: dict[str, Any], key: str) -> dict[str, Any]:
        """The key makes a repeat harmless; what is already there from an earlier run is fetched instead."""
        try:
            answer = await self.ask("POST", path, json=content, headers={"Idempotency-Key": key})
        except Refusal as refusal:
            if refusal.status != 409 or "Location" not in refusal.problem:
                raise
            return await self.get(str(refusal.problem["Location"]))
        made: dict[str, Any] = answer.json()
        return made

    async def step(self, document: str, verb: str, until: tuple[str, ...], **content: Any) -> dict[str, Any]:
        """Bring a document to one of the states `until` by a verb. A lost answer shows itself in the state."""
        while True:
            seen = await self.ask("GET", document)
            found: dict[str, Any] = seen.json()
            if found["state"] in until:
                return found
            try:
                return dict(
                    (
                        await self.ask(
                            "POST", f"{document}/{verb}", headers={"If-Match": seen.headers["ETag"]}, **content
                        )
                    ).json()
                )
            except Refusal as refusal:
                if refusal.status != 412:
                    raise

    async def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        """One request, repeated while the system is away. Raises Refusal, TimeoutError."""
        started = time.monotonic()
        pause = 0.1
        while True:
            try:
                if not self._token:
                    await self._sign_in()
                answer = await self._client.request(
                    method, path, headers={**(headers or {}), "Authorization": f"Bearer {self._token}"}, **content
                )
                if answer.status_code == 401 and time.monotonic() - started < PATIENCE:
                    self._token = ""
                elif answer.is_success:
                    return answer
                elif answer.status_code not in _AWAY and not (
                    answer.status_code == 409 and "Retry-After" in answer.headers
                ):
                    refusal = Refusal(answer)
                    if "Location" in answer.headers:
                        refusal.problem["Location"] = answer.headers["Location"]
                    raise refusal
                why = f"{answer.status_code} {answer.text[:200]}"
            except httpx.TransportError as error:
                why = f"{type(error).__name__}"
            if time.monotonic() - started > PATIENCE:
                raise TimeoutError(f"{method} {path}: no answer for {PATIENCE:.0f} s, last: {why}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 2.0)

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
        form = {"grant_type": "password", "username": self._account, "password": self._password}
        answer = await self._client.post("/directory/tokens", data=form)
        if answer.is_success:
            self._token = answer.json()["access_token"]
        elif answer.status_code not in _AWAY:
            raise Refusal(answer)
