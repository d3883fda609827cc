"""Access tokens: short-lived, signed by the directory with Ed25519, checked here against its published keys (JWKS)."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.actor import Actor, Role
from shared.errors import NotSignedIn, Unavailable
from shared.ports import Clock

ALGORITHM = "Ed25519"
ISSUER = "jianding/directory"
LONGEST = 4096  # characters
REFRESH = timedelta(minutes=5)  # how old the copy of the published keys may get
NOT_AGAIN_BEFORE = timedelta(seconds=5)  # an unknown key id makes us look, but not more often than this


class Claims(BaseModel):
    """What a token says. sub: account; body and path: where the account sits; roles: shared.actor.Role values."""

    model_config = ConfigDict(extra="ignore")
    iss: str
    sub: str
    name: str
    body: str
    path: str
    roles: list[Role]
    iat: int
    exp: int


def sign(claims: Claims, key: OKPKey) -> str:
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims.model_dump(mode="json"), key, algorithms=[ALGORITHM])


class PublishedKeys(BaseModel):
    """Answer of `GET /directory/jwks.json`: public keys only."""

    keys: list[dict[str, Any]]


class Keyring:
    """The directory's public keys, fetched when needed. `fetch` raises Unavailable when the directory is away."""

    def __init__(self, fetch: Callable[[], Awaitable[PublishedKeys]], clock: Clock) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys = KeySet([])
        self._fetched: datetime | None = None
        self._tried: datetime | None = None

    async def actor(self, token: str) -> Actor:
        """Raises NotSignedIn, Unavailable."""
        try:
            kid = str(jwt_header(token).get("kid", ""))
            await self._have(kid)
            decoded = jwt.decode(token, self._keys, algorithms=[ALGORITHM])
            claims = Claims.model_validate(decoded.claims)
        except (JoseError, ValidationError, ValueError, RecursionError) as error:
            raise NotSignedIn("令牌无效 · the token does not verify") from error
        if claims.iss != ISSUER:
            raise NotSignedIn("令牌来源不符 · the token comes from somebody else")
        if claims.exp <= self._clock.now().timestamp():
            raise NotSignedIn("令牌已过期 · the token has expired")
        return Actor(claims.sub, claims.name, claims.body, claims.path, frozenset(claims.roles))

    async def _have(self, kid: str) -> None:
        now = self._clock.now()
        age = now - self._fetched if self._fetched else None
        known = any(key.kid == kid for key in self._keys.keys)
        if age is None or age > REFRESH or not known:
            if self._tried and known and now - self._tried < NOT_AGAIN_BEFORE:
                return
            if age is not None and not known and age <= NOT_AGAIN_BEFORE:
                return
            self._tried = now
            try:
                published = await self._fetch()
            except Unavailable:
                if not known:
                    raise
                return  # the directory is away: tokens that are out go on until they end
            self._keys = KeySet.import_key_set({"keys": published.keys})
            self._fetched = now


def jwt_header(token: str) -> dict[str, Any]:
    """The unverified header, only to pick the key. Raises ValueError."""
    if len(token) > LONGEST:
        raise ValueError("longer than any token of ours")
    head = token.split(".", 1)[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    if not isinstance(header, dict):
        raise ValueError("the header is no object")
    return header
