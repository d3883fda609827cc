"""The link of a reset letter: a token signed like all others, for this one purpose. It is bound to the present
password and mailbox, so it is void as soon as either changes, by this link or otherwise, and can be used only once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel, ConfigDict, ValidationError

from services.directory.accounts.account import Account
from shared.access_token import ALGORITHM, ISSUER, LONGEST
from shared.errors import NotSignedIn

AUDIENCE = "jianding/password-reset"  # no service takes it for an access token, and no access token passes here
LIFE = timedelta(minutes=30)
LEEWAY = timedelta(minutes=1)  # by which the clock may be set back without voiding the links that are out
VOID = "链接已失效，请重新申请 · this link is no longer good, ask for another one"


class _Claims(BaseModel):
    model_config = ConfigDict(extra="ignore")
    iss: str
    aud: str
    sub: str
    exp: int
    bound: str


def reset_token(account: Account, now: datetime, key: OKPKey) -> str:
    exp = int((now + LIFE).timestamp())
    claims = _Claims(iss=ISSUER, aud=AUDIENCE, sub=account.id, exp=exp, bound=_bound(account))
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims.model_dump(), key, algorithms=[ALGORITHM])


def account_in(token: str, now: datetime, keys: Sequence[OKPKey]) -> tuple[str, str]:
    """(account, what it is bound to). Raises NotSignedIn."""
    try:
        if len(token) > LONGEST:
            raise ValueError("longer than any token of ours")
        claims = _Claims.model_validate(jwt.decode(token, KeySet(list(keys)), algorithms=[ALGORITHM]).claims)
    except (JoseError, ValidationError, ValueError, RecursionError) as error:
        raise NotSignedIn(VOID) from error
    left = claims.exp - now.timestamp()
    # One with more left than a link ever has comes from before the clock was set back.
    if (claims.iss, claims.aud) != (ISSUER, AUDIENCE) or not 0 < left <= (LIFE + LEEWAY).total_seconds():
        raise NotSignedIn(VOID)
    return claims.sub, claims.bound


def must_be_bound(account: Account, bound: str) -> None:
    """Raises NotSignedIn."""
    if not account.can_reset or not hmac.compare_digest(_bound(account).encode(), bound.encode()):
        raise NotSignedIn(VOID)


def _bound(account: Account) -> str:
    return hashlib.sha256(f"{account.id}/{account.password_hash}/{account.email}".encode()).hexdigest()[:32]
