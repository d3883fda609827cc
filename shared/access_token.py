"""Access tokens as they are written: what one says, and its signature (Ed25519). `shared.web.tokens` reads them."""

from __future__ import annotations

from datetime import date

from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict

from shared.actor import Actor
from shared.trade.roles import UNGATED, Role

ALGORITHM = "Ed25519"
ISSUER = "jianding/directory"
LONGEST = 4096  # characters


class Claims(BaseModel):
    """What a token says. sub: account; body and path: where the account sits; roles: shared.trade.roles.Role values.

    epoch: the account's count of ended access when it was signed. sid: the sign-in it belongs to. trained_until: last day
    of the training record. training: somebody practises; body and path are those of the practice tree."""

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
