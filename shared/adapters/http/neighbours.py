"""The other services over HTTP, with this service's own token. In one process the calls never leave it (ASGI)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from shared import trace
from shared.errors import AppError, Invalid, NotAllowed, NotFound, NotSignedIn, NotYet, Unavailable
from shared.ports import Clock
from shared.ports.neighbours import M

EARLY = 60.0  # seconds; a token is renewed this long before it ends
TIMEOUT = httpx.Timeout(20.0, connect=3.0)


class _Token(BaseModel):
    access_token: str
    expires_in: int


class HttpNeighbours:
    """address_of: service → base URL, e.g. `settings.address_of`."""

    def __init__(
        self,
        service: str,
        password: str,
        address_of: Callable[[str], str],
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._service, self._password, self._address_of, self._clock = service, password, address_of, clock
        # A transport of our own: without one the library goes through proxies of the environment, and they get our password.
        self._client = httpx.AsyncClient(transport=transport or httpx.AsyncHTTPTransport(), timeout=TIMEOUT)
        self._signing_in = asyncio.Lock()
        self._token = ""
        self._until: float | None = None  # monotonic; what becomes of a token over a clock that is set is said by a 401
        self._early = EARLY

    async def get(self, service: str, path: str, model: type[M]) -> M:
        token = await self._signed_in()
        try:
            return await self._read("GET", service, path, model, headers={"Authorization": f"Bearer {token}"})
        except NotSignedIn:  # the keys were changed, or the clocks differ: once more with a new token
            token = await self._signed_in(refused=token)
            try:
                return await self._read("GET", service, path, model, headers={"Authorization": f"Bearer {token}"})
            except NotSignedIn as error:
                raise Unavailable(
                    f"其他服务不认本服务的令牌，请运行管理员核查 · {service} refuses a fresh token: {error}",
                    self._ping(service),
                ) from error

    async def public(self, service: str, path: str, model: type[M]) -> M:
        """Read what needs no token."""
        return await self._read("GET", service, path, model)

    async def _signed_in(self, refused: str = "") -> str:
        """The token in use. refused: a token that was not accepted, so another one is needed.

        One sign-in at a time: handlers that start together must not each make the directory check the password."""
        async with self._signing_in:
            now = self._clock.monotonic()
            if self._token == refused or self._until is None or now >= self._until - self._early:
                form = {"grant_type": "client_credentials", "client_id": self._service, "client_secret": self._password}
                try:
                    token = await self._read("POST", "directory", "/tokens", _Token, data=form)
                except NotSignedIn as error:
                    raise Unavailable(
                        f"机构服务不认本服务的密码，请重新执行部署程序 · "
                        f"the directory refuses the password of {self._service}: run provision"
                    ) from error
                life = token.expires_in
                self._token, self._until, self._early = token.access_token, now + life, min(EARLY, life / 2)
            return self._token

    async def _read(self, method: str, service: str, path: str, model: type[M], **options: Any) -> M:
        url = f"{self._address_of(service)}/{service}{path}"
        headers = {"X-Correlation-Id": trace.readable(trace.current().correlation), **options.pop("headers", {})}
        try:
            answer = await self._client.request(method, url, headers=headers, **options)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"其他服务暂无应答，请稍后再试 · {service} does not answer: {type(error).__name__}", self._ping(service)
            ) from error
        if answer.is_success:
            try:
                return model.model_validate_json(answer.content)
            except ValidationError as error:
                raise Invalid(
                    f"其他服务的应答无法读取，请运行管理员核查 · "
                    f"{service}{path} answered something unexpected: {error.error_count()} fields"
                ) from error
        zh, _, en = _detail(answer).rpartition(" · ")
        said = (
            f"其他服务未能办理本服务的请求{'：' if zh else ''}{zh} · "
            f"another service refuses {service}{path}: {answer.status_code} {en}"
        )
        match answer.status_code:
            case 401:
                raise NotSignedIn(said)
            case 403:
                raise NotAllowed(said)
            case 404:
                raise NotFound(said)
            case 409:
                raise NotYet(said)
            case 500:  # a fault of theirs over this very thing: it costs attempts and ends parked, as one of ours would
                raise AppError(said)
            case 429 | 502 | 503 | 504:
                raise Unavailable(said, self._ping(service))
        raise Invalid(said)

    def _ping(self, service: str) -> Any:
        async def ping() -> None:
            url = f"{self._address_of(service)}/{service}/openapi.json"
            try:
                answer = await self._client.get(url)
            except httpx.HTTPError as error:
                raise Unavailable(
                    f"其他服务暂无应答，请稍后再试 · {service} does not answer: {type(error).__name__}"
                ) from error
            if not answer.is_success:
                raise Unavailable(f"其他服务暂时不能办理，请稍后再试 · {service} answers {answer.status_code}")

        return ping

    async def close(self) -> None:
        await self._client.aclose()


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
