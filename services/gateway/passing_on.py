"""One request of a visitor to the service it is for, and the answer back: no more of either than the other side should see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import httpx
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from services.gateway.replicas import Replicas
from shared.errors import Unavailable
from shared.web.leaving import while_connected
from shared.web.problems import SOON_AGAIN

TIMEOUT = httpx.Timeout(60.0, connect=3.0)

# Of one connection only (RFC 9110 §7.6.1), besides those that `Connection` names; `Expect` is answered at this door.
_HOP = {
    b"connection",
    b"expect",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
# The services believe this door, so a visitor's own claims about where he comes from end here.
_CLAIMS = {b"forwarded", b"x-real-ip"}
_CLAIM = b"x-forwarded-"
_OURS = {b"date"}  # which the server under this door writes itself

Headers = list[tuple[bytes, bytes]]


async def pass_on(client: httpx.AsyncClient, replicas: Replicas, base: str, service: str, request: Request) -> Response:
    """base: address of the service. Raises Unavailable, ClientDisconnect, and HTTPException for 400, 502 and 504."""
    answer = await _answer(client, replicas, base, service, request)
    passed = StreamingResponse(_content(answer), answer.status_code)
    passed.raw_headers = [(name, value) for name, value in _end_to_end(answer.headers.raw) if name not in _OURS]
    return passed


async def _answer(
    client: httpx.AsyncClient, replicas: Replicas, base: str, service: str, request: Request
) -> httpx.Response:
    """A visitor who goes away takes his request with him: the service need not go on for nobody."""
    arrived = asyncio.Event()
    asking = _from_the_first_there(client, replicas, base, request, arrived)
    try:
        return await while_connected(request, asking, arrived)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unavailable(f"服务暂无应答，请稍后再试 · {service} does not answer: {type(error).__name__}") from error
    except httpx.TimeoutException as error:
        raise HTTPException(
            504, f"服务应答超时，请稍后再试 · {service} took too long: {type(error).__name__}", SOON_AGAIN
        ) from error
    except httpx.LocalProtocolError as error:
        raise HTTPException(
            400, "请求不合 HTTP 格式，无法转交 · the request does not follow HTTP and cannot be passed on"
        ) from error
    except httpx.HTTPError as error:
        raise HTTPException(
            502, f"服务应答有误，请稍后再试 · {service} answered badly: {type(error).__name__}", SOON_AGAIN
        ) from error


async def _from_the_first_there(
    client: httpx.AsyncClient, replicas: Replicas, base: str, request: Request, arrived: asyncio.Event
) -> httpx.Response:
    """Where nobody is there, nothing of the request was sent, and the next one gets it whole. A connection that breaks later may
    have brought it: then only what reads is asked again."""
    places = await replicas.of(base)
    reads = request.method in ("GET", "HEAD") and not _has_content(request)
    for place in places[:-1]:
        try:
            return await client.send(_request(place, request, arrived), stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            replicas.leave_out(base, place)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if not reads:
                raise
    return await client.send(_request(places[-1], request, arrived), stream=True)


def _request(base: httpx.URL, request: Request, arrived: asyncio.Event) -> httpx.Request:
    """Made by hand: a client of the usual kind adds headers of its own, and one visitor's cookies to the next one's request.
    arrived: set when the visitor has nothing more to send."""
    query: bytes = request.scope["query_string"]
    raw_path: bytes = request.scope["raw_path"]
    url = base.copy_with(raw_path=raw_path + (b"?" + query if query else b""))
    given: Headers = request.scope["headers"]
    headers = [
        (name, value) for name, value in _end_to_end(given) if name not in _CLAIMS and not name.startswith(_CLAIM)
    ]
    headers.append((b"x-forwarded-for", (request.client.host if request.client else "unknown").encode()))
    headers.append((b"x-forwarded-proto", request.url.scheme.encode()))
    has_content = _has_content(request)
    if not has_content:
        arrived.set()
    return httpx.Request(
        request.method,
        url,
        headers=headers,
        content=_sent(request, arrived) if has_content else None,
        extensions={"timeout": TIMEOUT.as_dict()},
    )


def _has_content(request: Request) -> bool:
    given: Headers = request.scope["headers"]
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in given)


async def _sent(request: Request, arrived: asyncio.Event) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        yield chunk
    arrived.set()


def _end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Names in lower case."""
    lowered = [(name.lower(), value) for name, value in headers]
    named = {part.strip().lower() for name, value in lowered if name == b"connection" for part in value.split(b",")}
    return [(name, value) for name, value in lowered if name not in _HOP | named]


async def _content(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()
