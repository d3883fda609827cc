"""Access tokens as they are read: short-lived, checked against the directory's published keys (JWKS) and against what it
ended before its time."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import ValidationError

from shared.access_token import ALGORITHM, ISSUER, LEEWAY, LONGEST, LONGEST_LIFE, Claims
from shared.actor import Actor
from shared.contracts.access import EndedAccess, PublishedKeys
from shared.errors import AppError, NotFound, NotSignedIn, Unavailable
from shared.ports import Clock
from shared.trade.deadline import local_day

log = logging.getLogger(__name__)

REFRESH = 20.0
"""Seconds; how old the local copies of the published keys and of the ended access may get: a revoked account, or a key taken
out of use, opens nothing any more within a minute."""
NOT_AGAIN_BEFORE = 5.0  # seconds; an unknown key id makes us look, but not more often than this


@dataclass(frozen=True, slots=True)
class _Moment:
    """On both clocks. Ages are monotonic; the wall clock's part is only whether it was set in between."""

    monotonic: float
    wall: float

    @classmethod
    def now(cls, clock: Clock) -> _Moment:
        return cls(clock.monotonic(), clock.now().timestamp())

    def age(self, now: _Moment) -> float:
        """Seconds. Infinite once the wall clock was set, which is what the directory picks by: then we ask again."""
        passed = now.monotonic - self.monotonic
        return passed if abs(now.wall - self.wall - passed) <= LEEWAY else math.inf


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
        self._ended_asked: _Moment | None = None
        self._asking_first = asyncio.Lock()
        self._fetched: _Moment | None = None
        self._tried: _Moment | None = None

    async def actor(self, token: str) -> Actor:
        """Raises NotSignedIn, Unavailable."""
        try:
            kid = str(jwt_header(token).get("kid", ""))
            await self._have(kid)
            decoded = jwt.decode(token, self._keys, algorithms=[ALGORITHM])
            claims = Claims.model_validate(decoded.claims)
        except (JoseError, ValidationError, ValueError, RecursionError) as error:
            raise NotSignedIn("令牌无效，请重新登录 · the token does not verify: sign in again") from error
        _must_be_ours(claims, self._clock.now().timestamp())
        await self._must_go_on(claims)
        return claims.actor(local_day(self._clock.now()))

    async def _must_go_on(self, claims: Claims) -> None:
        now = _Moment.now(self._clock)
        if self._ended_asked is None:
            async with self._asking_first:  # nobody passes before we know at all what was ended
                if self._ended_asked is None:
                    self._ended = await self._all_ended()
                    self._ended_asked = now
        elif self._ended_asked.age(now) > REFRESH:
            self._ended_asked = now  # meanwhile the others go on with what was known twenty seconds ago
            try:
                self._ended = await self._all_ended()
            except AppError as error:
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
        now = _Moment.now(self._clock)
        age = self._fetched.age(now) if self._fetched else math.inf
        known = any(key.kid == kid for key in self._keys.keys)
        if age > REFRESH or not known:
            if self._tried and known and self._tried.age(now) < NOT_AGAIN_BEFORE:
                return
            if not known and age <= NOT_AGAIN_BEFORE:
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


def _must_be_ours(claims: Claims, now: float) -> None:
    """That the signature is right proves who has the key; what the directory signs has these bounds besides.

    now: seconds since 1970. Raises NotSignedIn."""
    if claims.iss != ISSUER:
        raise NotSignedIn("令牌不是本系统签发的，请重新登录 · the token comes from somebody else: sign in here")
    if claims.aud is not None:
        raise NotSignedIn("令牌另有用途，请重新登录 · the token is meant for something else: sign in again")
    if not 0 < claims.exp - claims.iat <= LONGEST_LIFE:
        raise NotSignedIn("令牌有效期不符，请重新登录 · no token of ours lives so long: sign in again")
    if max(claims.iat, claims.nbf or claims.iat) > now + LEEWAY:
        raise NotSignedIn(
            "令牌尚未生效，请核对服务器时间后重新登录 · the token begins later than now: check the clocks, sign in again"
        )
    if claims.exp <= now:
        raise NotSignedIn("令牌已过期，请重新登录 · the token has expired: sign in again")


def jwt_header(token: str) -> dict[str, Any]:
    """The unverified header, only to pick the key. Raises ValueError."""
    if len(token) > LONGEST:
        raise ValueError("longer than any token of ours")
    head = token.split(".", 1)[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    if not isinstance(header, dict):
        raise ValueError("the header is no object")
    return header
