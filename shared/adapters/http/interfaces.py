"""Asks the services over HTTP for somebody else. In one process the calls never leave it (ASGI)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from shared import trace
from shared.errors import Invalid, Unavailable
from shared.ports.others.interfaces import Flow, Question, Reply

TIMEOUT = httpx.Timeout(60.0, connect=3.0)  # an import of 10,000 lines is answered when it is done
# Beyond what a process takes from browsers: whoever reads a file slowly keeps one for that long, and a page asks several times.
CONNECTIONS = httpx.Limits(max_connections=1000, max_keepalive_connections=50)


class HttpInterfaces:
    """address_of: service → base URL, e.g. `settings.address_of`. app: all services, where they are in this process."""

    def __init__(self, address_of: Callable[[str], str], app: Any = None) -> None:
        self._address_of, self._app = address_of, app
        # A transport of our own: without one the library goes through proxies of the environment, and they get the tokens.
        self._client = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(limits=CONNECTIONS), timeout=TIMEOUT)

    async def ask(self, question: Question) -> Reply:
        async with self._answered(question) as answer:
            content = await answer.aread()
            return Reply(answer.status_code, _lowered(answer), content)

    @asynccontextmanager
    async def flow(self, question: Question) -> AsyncIterator[Flow]:
        async with self._answered(question) as answer:
            yield Flow(answer.status_code, _lowered(answer), answer.aiter_bytes())

    async def close(self) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def _answered(self, question: Question) -> AsyncIterator[httpx.Response]:
        """Raises Unavailable, also when the answer breaks off while it is read; Invalid."""
        service = question.path.split("/")[1]
        try:
            async with self._client_for(question) as client:
                answer = await client.send(self._request(service, question), stream=True)
                try:
                    yield answer
                finally:
                    await answer.aclose()
        except httpx.InvalidURL as error:
            raise Invalid("所填内容过长 · what was sent is too long for an address") from error
        except httpx.HTTPError as error:
            raise Unavailable(
                f"系统暂无应答，请稍后再试 · {service} does not answer: {type(error).__name__}"
            ) from error

    @asynccontextmanager
    async def _client_for(self, question: Question) -> AsyncIterator[httpx.AsyncClient]:
        """In one process the visitor's address is that of the connection, which is made for each question; over the network
        the services believe our header, as they believe the gateway's."""
        if self._app is None:
            yield self._client
            return
        transport = httpx.ASGITransport(
            app=self._app, raise_app_exceptions=False, client=(question.visitor or "127.0.0.1", 0)
        )
        async with httpx.AsyncClient(transport=transport, timeout=TIMEOUT) as client:
            yield client

    def _request(self, service: str, question: Question) -> httpx.Request:
        headers = {"X-Correlation-Id": trace.readable(trace.current().correlation), **question.headers}
        if question.token:
            headers["Authorization"] = f"Bearer {question.token}"
        if question.visitor and self._app is None:
            headers["X-Forwarded-For"] = question.visitor
        more: dict[str, Any] = {}
        if question.file is not None:
            more["content"] = question.file
            headers["Content-Type"] = "application/octet-stream"
        if question.form is not None:
            more["data"] = dict(question.form)
        if question.content is not None:
            more["json"] = question.content
        url = f"{self._address_of(service)}{question.path}"
        # Without the client: it would send one visitor's cookies with the next one's question.
        return httpx.Request(
            question.method,
            url,
            params=list(question.query) or None,
            headers=headers,
            extensions={"timeout": TIMEOUT.as_dict()},
            **more,
        )


def _lowered(answer: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}
