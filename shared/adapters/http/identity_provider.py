"""An identity provider over HTTP: its description (discovery), its token endpoint and its keys, asked at every sign-in
(docs/decisions/0020-openid-connect.md)."""

from __future__ import annotations

import logging
from typing import Any, TypeVar
from urllib.parse import quote_plus

import httpx
from pydantic import AnyHttpUrl, BaseModel

from shared.errors import Unavailable
from shared.ports.identity_provider import AWAY, Identification

log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)

TIMEOUT = httpx.Timeout(10.0, connect=3.0)


class _Description(BaseModel):
    """OpenID Connect Discovery §3, as far as it is needed here."""

    issuer: str
    authorization_endpoint: AnyHttpUrl
    token_endpoint: AnyHttpUrl
    jwks_uri: AnyHttpUrl
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Answer(BaseModel):
    """Of the token endpoint. The provider's access token is of no use to us."""

    id_token: str


class _Refusal(BaseModel):
    """Of the token endpoint (RFC 6749 §5.2)."""

    error: str = ""


class _Keys(BaseModel):
    keys: list[dict[str, Any]]


class HttpIdentityProvider:
    def __init__(
        self, issuer: str, client_id: str, client_secret: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._issuer, self._client_id, self._secret = issuer, client_id, client_secret
        self._client = httpx.AsyncClient(transport=transport, timeout=TIMEOUT)

    async def page(self) -> str:
        return str((await self._description()).authorization_endpoint)

    async def identify(self, code: str, verifier: str, redirect_uri: str) -> Identification | None:
        described = await self._description()
        id_token = await self._exchange(described, code, verifier, redirect_uri)
        if id_token is None:
            return None
        return Identification(id_token, _read(_Keys, await self._ask("GET", str(described.jwks_uri))).keys)

    async def close(self) -> None:
        await self._client.aclose()

    async def _exchange(self, described: _Description, code: str, verifier: str, redirect_uri: str) -> str | None:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        auth = None
        if "client_secret_basic" in described.token_endpoint_auth_methods_supported:
            auth = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._secret))  # RFC 6749 §2.3.1
        else:
            form |= {"client_id": self._client_id, "client_secret": self._secret}
        answer = await self._ask("POST", str(described.token_endpoint), data=form, auth=auth)
        if answer.status_code == httpx.codes.BAD_REQUEST and _read(_Refusal, answer).error == "invalid_grant":
            return None
        return _read(_Answer, answer).id_token

    async def _description(self) -> _Description:
        where = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        described = _read(_Description, await self._ask("GET", where))
        endpoints = (described.authorization_endpoint, described.token_endpoint, described.jwks_uri)
        if described.issuer != self._issuer:
            raise _away(f"{where} describes another issuer than JIANDING_OIDC_ISSUER")
        if self._issuer.startswith("https://") and not all(one.scheme == "https" for one in endpoints):
            raise _away(f"{where} names addresses without TLS")
        return described

    async def _ask(self, method: str, where: str, **content: Any) -> httpx.Response:
        try:
            return await self._client.request(method, where, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _away(f"no answer from {where}: {type(error).__name__}") from error


def _read(model: type[M], answer: httpx.Response) -> M:
    """Whatever the status: an answer is known by what is in it. Raises Unavailable, without the text, which holds tokens."""
    try:
        return model.model_validate_json(answer.content)
    except ValueError:
        where = answer.url.copy_with(query=None)
        what = model.__name__.strip("_").casefold()
        raise _away(f"{where} answered {answer.status_code}, and not with its {what}") from None


def _away(what: str) -> Unavailable:
    log.warning("identity provider: %s", what)
    return Unavailable(AWAY)
