"""How anybody at a keyboard speaks to the system: signed requests, lists page after page, creating under a key, acting on
the version the caller saw. Each request goes out once and its answer is given as it is; who tries again is a `PatientClerk`."""

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
        expected_version: int | str | None = None,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """One request, and its answer whatever it is. expected_version: the version the caller saw, or its ETag, for If-Match."""
        signed = {"Authorization": f"Bearer {await self.token()}", **(headers or {})}
        if expected_version is not None:
            signed["If-Match"] = f'"v{expected_version}"' if isinstance(expected_version, int) else expected_version
        return await self._client.request(method, path, headers=signed, **content)

    def must_be(self, status: int, answer: httpx.Response) -> Any:
        """What it says. Raises Refusal."""
        if answer.status_code != status:
            raise Refusal(answer)
        return answer.json()

    async def get(self, path: str) -> Any:
        return self.must_be(200, await self.ask("GET", path))

    async def look(self, document: str) -> tuple[dict[str, Any], str]:
        """What it says, and its ETag."""
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

    async def act(self, document: str, verb: str, expected_version: int | str, **content: Any) -> dict[str, Any]:
        done: dict[str, Any] = self.must_be(
            200, await self.ask("POST", f"{document}/{verb}", expected_version, **content)
        )
        return done

    async def step(self, document: str, verb: str, **content: Any) -> dict[str, Any]:
        """Look, and act on the version that is there."""
        _, etag = await self.look(document)
        return await self.act(document, verb, etag, **content)
