"""A sign-in on its way to the identity provider and back: what it asks there, and what its answer must fit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel

from shared.actor import FRESH
from shared.errors import NotSignedIn

LIFE = timedelta(minutes=10)  # there and back: time for a password and a second factor
LEEWAY = timedelta(minutes=1)  # by which the clock may be set back meanwhile
AGAIN = (
    "登录已失效或不在此浏览器中开始，请重新登录 · this sign-in is over or was not begun in this browser: begin again"
)


class Begun(BaseModel):
    """The browser keeps it in a signed cookie, so that strangers who begin and never come back leave nothing here.

    pages: it was begun at the pages of the console, and ends there. fresh: whoever signs in has to prove who they are, unless
    they did within the last minutes, also where the provider knows them already."""

    state: str
    nonce: str
    verifier: str
    exp: int
    pages: bool = False
    fresh: bool = False

    @classmethod
    def now(cls, at: datetime, *, pages: bool = False, fresh: bool = False) -> Self:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        exp = int((at + LIFE).timestamp())
        return cls(state=state, nonce=nonce, verifier=verifier, exp=exp, pages=pages, fresh=fresh)

    @property
    def challenge(self) -> str:
        """S256 of the verifier (PKCE, RFC 7636 §4.2)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    def page(self, endpoint: str, client_id: str, callback: str) -> str:
        """Where the browser goes: the provider's authorization endpoint, with everything this sign-in asks of it."""
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": callback,
            "scope": "openid profile",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        if self.fresh:
            asked["max_age"] = str(int(FRESH.total_seconds()))
        parts = urlsplit(endpoint)
        query = parse_qs(parts.query, keep_blank_values=True) | asked
        return urlunsplit(parts._replace(query=urlencode(query, doseq=True)))


class Seal:
    """Signs the cookie, with a key that whoever holds the client's secret can make again: every process of ours."""

    def __init__(self, client_secret: str) -> None:
        # Not from the service's password, which the settings do not hold when all services run in one process.
        seed = hmac.digest(client_secret.encode(), b"jianding: sign-ins begun here", "sha256")
        self._key = OctKey.import_key(seed)

    def cookie(self, begun: Begun) -> str:
        return jwt.encode({"alg": "HS256"}, begun.model_dump(), self._key, algorithms=["HS256"])

    def open(self, cookie: str, state: str, at: datetime) -> Begun:
        """Raises NotSignedIn: no cookie of ours, one too old, or one begun for another answer."""
        try:
            claims = jwt.decode(cookie, self._key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(int(at.timestamp()), exp={"essential": True}).validate(claims)
            begun = Begun.model_validate(claims)
            if begun.exp > (at + LIFE + LEEWAY).timestamp():
                raise ValueError("begun before the clock was set back")
        except (JoseError, ValueError, RecursionError) as error:
            raise NotSignedIn(AGAIN) from error
        if not hmac.compare_digest(begun.state.encode(), state.encode()):
            raise NotSignedIn(AGAIN)
        return begun
