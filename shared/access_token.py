"""Access tokens as they are written: what one says, and its signature (Ed25519). `shared.web.tokens` reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.actor import CLOCKS_DIFFER, Actor
from shared.trade.roles import UNGATED, Role

ALGORITHM = "Ed25519"
ISSUER = "jianding/directory"
LONGEST = 4096  # characters
LONGEST_LIFE = 60 * 60
"""Seconds. The directory may be told a shorter life, never a longer one; so what lives longer was signed by somebody else
with a copy of the key."""
LEEWAY = int(CLOCKS_DIFFER.total_seconds())
"""Seconds by which the clocks of two machines may differ: more than time servers ever leave between them, and less than
anybody gains by. A token that begins later than this from now was signed before somebody set a clock back, or was made up."""

Seconds = Annotated[int, Field(strict=True)]  # since 1970; no text, no fraction, no truth value

LATEST = 253_402_300_799
"""The last second that a calendar has (9999)."""


def _writable(text: str) -> str:
    """JSON can name halves of characters, which no store takes and no answer can say. Raises ValueError."""
    text.encode()
    return text


Text = Annotated[str, AfterValidator(_writable)]


class Claims(BaseModel):
    """What a token says. sub: account; body and path: where the account sits; roles: shared.trade.roles.Role values.

    epoch: the account's count of ended access when it was signed. sid: the sign-in it belongs to. auth_time: when the holder
    last proved who they are; a token without it says that it was when it was signed. trained_until: last day of the training
    record. training: somebody practises; body and path are those of the practice tree.

    aud, nbf: the directory writes neither, so a token with an audience is one for something else."""

    model_config = ConfigDict(extra="ignore")
    iss: str
    sub: Text
    name: Text
    body: Text
    path: Text
    roles: list[Role]
    iat: Seconds
    exp: Seconds
    aud: Any = None
    nbf: Seconds | None = None
    epoch: int = 0
    sid: Text = ""
    auth_time: Annotated[int, Field(strict=True, ge=0, le=LATEST)] | None = None
    trained_until: date | None = None
    training: bool = False

    def actor(self, today: date) -> Actor:
        roles = frozenset(self.roles)
        trained = self.training or bool(roles & UNGATED) or (self.trained_until or date.min) >= today
        proved_at = datetime.fromtimestamp(self.iat if self.auth_time is None else self.auth_time, UTC)
        return Actor(self.sub, self.name, self.body, self.path, roles, trained, self.training, self.sid, proved_at)


def sign(claims: Claims, key: OKPKey) -> str:
    said = claims.model_dump(mode="json", exclude={"aud", "nbf"})
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, said, key, algorithms=[ALGORITHM])
