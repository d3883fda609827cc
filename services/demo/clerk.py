"""How anybody at a keyboard speaks to the system: signed requests, lists page after page, creating under a key, acting on
what was seen. Each request goes out once and its answer is told as it is; who tries again is a `PatientClerk`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import httpx


class Refusal(Exception):
    """The system said no: status and problem details, with the `Location` of what is there already."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        try:
            self.problem: dict[str, Any] = answer.json()
        except ValueError:
            self.problem = {"detail": answer.text[:500]}
        if "Location" in answer.headers:
            self.problem["Location"] = answer.headers["Location"]
        super().__init__(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {self.problem.get('detail')}"
        )


class Clerk(ABC):
    """Whoever asks on. Where the token comes from, and what is done about an answer that was not hoped for, differs."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @abstractmethod
    async def token(self) -> str:
        """What the requests are signed with."""

    async def ask(
        self,
        method: str,
        path: str,
        seen: int | str | None = None,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """One request, and its answer whatever it is. seen: the version, or its ETag, for If-Match."""
        signed = {"Authorization": f"Bearer {await self.token()}", **(headers or {})}
        if seen is not None:
            signed["If-Match"] = f'"v{seen}"' if isinstance(seen, int) else seen
        return await self._client.request(method, path, headers=signed, **content)

    def must_be(self, status: int, answer: httpx.Response) -> Any:
        """What it says. Raises Refusal."""
        if answer.status_code != status:
            raise Refusal(answer)
        return answer.json()

    async def get(self, path: str) -> Any:
        return self.must_be(200, await self.ask("GET", path))

    async def look(self, document: str) -> tuple[dict[str, Any], str]:
        """What it says, and the ETag of the version that was seen."""
        answer = await self.ask("GET", document)
        return self.must_be(200, answer), answer.headers["ETag"]

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

    async def create(self, path: str, content: Mapping[str, Any], key: str) -> dict[str, Any]:
        """The key makes a repeat harmless."""
        answer = await self.ask("POST", path, json=content, headers={"Idempotency-Key": key})
        made: dict[str, Any] = self.must_be(201, answer)
        return made

    async def act(self, document: str, verb: str, seen: int | str, **content: Any) -> dict[str, Any]:
        done: dict[str, Any] = self.must_be(200, await self.ask("POST", f"{document}/{verb}", seen, **content))
        return done

    async def step(self, document: str, verb: str, **content: Any) -> dict[str, Any]:
        """Look, and act on what was seen."""
        _, seen = await self.look(document)
        return await self.act(document, verb, seen, **content)
