"""Signing in through the Centre's own identity provider: OpenID Connect, authorization code with PKCE.

Off unless `oidc_issuer` is set. Nothing of the provider is kept between two sign-ins, neither its addresses nor its
keys: people sign in once a day, and so the provider may move and change its keys as it likes
(docs/decisions/0020-openid-connect.md)."""

from __future__ import annotations

import logging
from typing import Any, TypeVar
from urllib.parse import quote_plus

import httpx
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry
from pydantic import AnyHttpUrl, BaseModel

from services.directory.accounts.account import ACTIVE, Account
from services.directory.oidc.begun import AGAIN, Begun
from shared.contracts.access import PublishedKeys
from shared.errors import Invalid, NotSignedIn, Problem, Unavailable
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.settings import PREFIX, Settings
from shared.trade.roles import UNGATED

log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)

LEEWAY = 60  # seconds by which the provider's clock may differ from ours
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Never one with a shared secret: whoever holds the published keys could sign with them."""

AWAY = "身份提供方暂无应答，请稍后再试 · the identity provider does not answer, try again later"
DENIED = "身份提供方未予登录 · the identity provider did not let you in"
UNVERIFIED = "身份提供方的答复未通过核验，请重新登录 · the identity provider's answer does not verify: begin again"
NOBODY = "此身份没有可用的账号 · there is no account that this identity may use"


class Addresses(BaseModel):
    """The provider's own description (OpenID Connect Discovery §3), as far as it is needed here."""

    issuer: str
    authorization_endpoint: AnyHttpUrl
    token_endpoint: AnyHttpUrl
    jwks_uri: AnyHttpUrl
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class Answer(BaseModel):
    """Of the token endpoint. The provider's access token is of no use to us."""

    id_token: str


class Refusal(BaseModel):
    """Of the token endpoint (RFC 6749 §5.2)."""

    error: str = ""


class Provider:
    """The identity provider that the settings name. Raises Invalid when they do not fit each other."""

    def __init__(self, settings: Settings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        _must_fit(settings)
        self._issuer, self._client_id, self._claim = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_claim
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._clock = clock
        self._client = httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(10.0, connect=3.0))
        self.callback = f"{settings.url.rstrip('/')}/directory/oidc/callback"

    async def close(self) -> None:
        await self._client.aclose()

    # --- the way there ------------------------------------------------------------------------------------------------

    async def page(self, begun: Begun) -> str:
        """Where the browser goes. Raises Unavailable."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self.callback,
            "scope": "openid profile",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        return str(httpx.URL(str((await self._addresses()).authorization_endpoint)).copy_merge_params(asked))

    # --- the way back -------------------------------------------------------------------------------------------------

    async def identity(self, code: str, begun: Begun) -> str:
        """What the provider calls whoever signed in there. Raises NotSignedIn, Unavailable."""
        addresses = await self._addresses()
        token = await self._exchange(addresses, code, begun)
        published = _read(PublishedKeys, await self._ask("GET", str(addresses.jwks_uri)))
        try:
            registry = JWSRegistry(algorithms=SIGNATURES, strict_check_header=False)
            claims = jwt.decode(token, _readable(published), registry=registry).claims
            jwt.JWTClaimsRegistry(
                self._now,
                LEEWAY,
                iss={"essential": True, "value": self._issuer},
                sub={"essential": True},
                aud={"essential": True, "value": self._client_id},
                azp={"value": self._client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": begun.nonce},
            ).validate(claims)
        except (JoseError, ValueError, RecursionError) as error:
            claim = f" ({error.claim})" if isinstance(error, ClaimError) else ""
            log.warning("an ID token was refused: %s%s", type(error).__name__, claim)
            raise NotSignedIn(UNVERIFIED) from error
        named = claims.get(self._claim)
        if not isinstance(named, str):
            log.warning("the ID token has no text in %s: see %sOIDC_CLAIM", self._claim, PREFIX)
            raise NotSignedIn(NOBODY)
        return named

    async def _exchange(self, addresses: Addresses, code: str, begun: Begun) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": begun.verifier,
        }
        auth = None
        if "client_secret_basic" in addresses.token_endpoint_auth_methods_supported:
            auth = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._secret))  # RFC 6749 §2.3.1
        else:
            form |= {"client_id": self._client_id, "client_secret": self._secret}
        answer = await self._ask("POST", str(addresses.token_endpoint), data=form, auth=auth)
        if answer.status_code == httpx.codes.BAD_REQUEST and _read(Refusal, answer).error == "invalid_grant":
            raise NotSignedIn(AGAIN)  # the code was used, or is too old
        return _read(Answer, answer).id_token

    # --- asking the provider ------------------------------------------------------------------------------------------

    async def _addresses(self) -> Addresses:
        where = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        addresses = _read(Addresses, await self._ask("GET", where))
        endpoints = (addresses.authorization_endpoint, addresses.token_endpoint, addresses.jwks_uri)
        if addresses.issuer != self._issuer:
            raise _away(f"{where} describes another issuer than {PREFIX}OIDC_ISSUER")
        if self._issuer.startswith("https://") and not all(one.scheme == "https" for one in endpoints):
            raise _away(f"{where} names addresses without TLS")
        return addresses

    async def _ask(self, method: str, where: str, **content: Any) -> httpx.Response:
        try:
            return await self._client.request(method, where, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _away(f"no answer from {where}: {type(error).__name__}") from error

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def provider_of(settings: Settings, clock: Clock) -> Provider | None:
    """None: the option is off. Raises Invalid."""
    return Provider(settings, clock) if settings.oidc_issuer else None


async def account_of(store: Store, named: str) -> Account:
    """The account of a person. Machines, services and the operator have passwords of their own and nobody behind them
    at the provider. Raises NotSignedIn, the same whatever the reason: nobody learns here which accounts there are."""
    account = await repository.seek(store, Account, named)
    if account is None or account.state != ACTIVE or UNGATED.intersection(account.roles):
        raise NotSignedIn(NOBODY)
    return account


def _readable(published: PublishedKeys) -> KeySet:
    """Without keys of kinds that we do not know (RFC 7517 §5): the provider has other clients too."""
    keys: list[Key] = []
    for one in published.keys:
        try:
            keys.append(JWKRegistry.import_key(one))
        except (JoseError, ValueError, KeyError, TypeError):
            continue
    return KeySet(keys)


def _read(model: type[M], answer: httpx.Response) -> M:
    """Whatever the status: an answer is known by what is in it. Raises Unavailable, without the text, which holds tokens."""
    try:
        return model.model_validate_json(answer.content)
    except ValueError:
        where = answer.url.copy_with(query=None)
        raise _away(f"{where} answered {answer.status_code}, and not with a {model.__name__}") from None


def _away(what: str) -> Unavailable:
    log.warning("identity provider: %s", what)
    return Unavailable(AWAY)


def _must_fit(settings: Settings) -> None:
    problems = [
        Problem(f"{PREFIX}{name.upper()}", "缺少 · is empty, and OIDC_ISSUER is not")
        for name in ("oidc_client_id", "oidc_client_secret", "oidc_claim")
        if not str(getattr(settings, name))
    ]
    tried_out = settings.url.startswith("http://")
    if not settings.oidc_issuer.startswith(("https://", "http://") if tried_out else "https://"):
        problems.append(Problem(f"{PREFIX}OIDC_ISSUER", "须为 https 地址 · must be an https address"))
    if problems:
        raise Invalid("; ".join(f"{one.where}: {one.what}" for one in problems), problems)
