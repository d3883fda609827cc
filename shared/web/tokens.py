"""Access tokens: short-lived, signed by the directory with Ed25519, checked here against its published keys (JWKS)."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.actor import Actor
from shared.errors import HouseError, NotFound, NotSignedIn, Unavailable
from shared.ports import Clock
from shared.trade.deadline import local_day
from shared.trade.roles import UNGATED, Role

log = logging.getLogger(__name__)

ALGORITHM = "Ed25519"
ISSUER = "jianding/directory"
LONGEST = 4096  # characters
REFRESH = timedelta(seconds=20)
"""How old the copies of the published keys and of the ended access may get: a revoked account, or a key taken out of
use, opens nothing any more within a minute."""
NOT_AGAIN_BEFORE = timedelta(seconds=5)  # an unknown key id makes us look, but not more often than this


class Claims(BaseModel):
    """What a token says. sub: account; body and path: where the account sits; roles: shared.actor.Role values.

    epoch: the account's count of ended access when it was signed. sid: the sign-in it belongs to. trained_until: last day
    of the training record. training: body and path are those of the training tree."""

    model_config = ConfigDict(extra="ignore")
    iss: str
    sub: str
    name: str
    body: str
    path: str
    roles: list[Role]
    iat: int
    exp: int
    epoch: int = 0
    sid: str = ""
    trained_until: date | None = None
    training: bool = False

    def actor(self, today: date) -> Actor:
        roles = frozenset(self.roles)
        trained = self.training or bool(roles & UNGATED) or (self.trained_until or date.min) >= today
        return Actor(self.sub, self.name, self.body, self.path, roles, trained, self.training, self.sid)


def sign(claims: Claims, key: OKPKey) -> str:
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims.model_dump(mode="json"), key, algorithms=[ALGORITHM])


class PublishedKeys(BaseModel):
    """Answer of `GET /directory/jwks.json`: public keys only."""

    keys: list[dict[str, Any]]


class EndedAccess(BaseModel):
    """Answer of `GET /directory/ended-access`, for services: tokens that end before their time.

    accounts: account → its epoch; tokens of an earlier epoch are void. sign_ins: ids of sign-ins that were ended. Both
    only as far back as a token lives."""

    accounts: dict[str, int] = {}
    sign_ins: list[str] = []


class Keyring:
    """The directory's public keys and what it ended before its time, both fetched when needed.

    `fetch_keys` and `fetch_ended` raise Unavailable when the directory is away."""

    def __init__(
        self,
        fetch_keys: Callable[[], Awaitable[PublishedKeys]],
        fetch_ended: Callable[[], Awaitable[EndedAccess]],
        clock: Clock,
    ) -> None:
        self._fetch_keys, self._fetch_ended, self._clock = fetch_keys, fetch_ended, clock
        self._keys = KeySet([])
        self._ended = EndedAccess()
        self._ended_asked: datetime | None = None
        self._asking_first = asyncio.Lock()
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
        await self._must_go_on(claims)
        return claims.actor(local_day(self._clock.now()))

    async def _must_go_on(self, claims: Claims) -> None:
        now = self._clock.now()
        if self._ended_asked is None:
            async with self._asking_first:  # nobody passes before we know at all what was ended
                if self._ended_asked is None:
                    self._ended = await self._all_ended()
                    self._ended_asked = now
        elif now - self._ended_asked > REFRESH:
            self._ended_asked = now  # meanwhile the others go on with what was known twenty seconds ago
            try:
                self._ended = await self._all_ended()
            except HouseError as error:
                # The directory is away: tokens that are out go on until they end, and nobody can end one meanwhile.
                log.warning("ended access: %s", error)
        if claims.epoch < self._ended.accounts.get(claims.sub, 0) or claims.sid in self._ended.sign_ins:
            raise NotSignedIn("登录已被终止，请重新登录 · access was ended, sign in again")

    async def _all_ended(self) -> EndedAccess:
        try:
            return await self._fetch_ended()
        except NotFound:
            return EndedAccess()  # a directory of the release before: it cannot end access

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
                published = await self._fetch_keys()
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
