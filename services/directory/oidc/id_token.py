"""What an ID token must fit before anybody is believed to be who it says (OpenID Connect Core §3.1.3.7)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from shared.actor import FRESH, LONG_AGO
from shared.errors import NotSignedIn

log = logging.getLogger(__name__)

LEEWAY = 60  # seconds by which the provider's clock may differ from ours
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Never one with a shared secret: whoever holds the published keys could sign with them."""

UNVERIFIED = "身份提供方的答复未通过核验，请重新登录 · the identity provider's answer does not verify: begin again"
NOBODY = "此身份没有可用的账号 · there is no account that this identity may use"


NOT_FRESH = (
    "身份提供方未重新验证身份，请重新登录 · the identity provider did not have you prove who you are: begin again"
)


@dataclass(frozen=True, slots=True)
class Named:
    """account: what the provider calls whoever signed in there. proved_at: when they proved to it who they are; LONG_AGO where it
    does not say."""

    account: str
    proved_at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """By whom it must be issued, for which client; in which claim it names the account. fresh: whether they have to have proved
    who they are within the last minutes."""

    issuer: str
    client_id: str
    claim: str
    fresh: bool = False


def account_named(id_token: str, keys: Iterable[dict[str, Any]], wanted: Expected, nonce: str, now: datetime) -> Named:
    """Raises NotSignedIn."""
    try:
        registry = JWSRegistry(algorithms=SIGNATURES, strict_check_header=False)
        claims = jwt.decode(id_token, _readable(keys), registry=registry).claims
        several = isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1  # then it must say for whom it is
        jwt.JWTClaimsRegistry(
            int(now.timestamp()),
            LEEWAY,
            iss={"essential": True, "value": wanted.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": wanted.client_id},
            azp={"essential": several, "value": wanted.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, RecursionError) as error:
        claim = f" ({error.claim})" if isinstance(error, ClaimError) else ""
        log.warning("an ID token was refused: %s%s", type(error).__name__, claim)
        raise NotSignedIn(UNVERIFIED) from error
    named = claims.get(wanted.claim)
    if not isinstance(named, str):
        log.warning("the ID token has no text in %s: see JIANDING_OIDC_CLAIM", wanted.claim)
        raise NotSignedIn(NOBODY)
    return Named(named, _proved_at(claims.get("auth_time"), wanted, now))


def _proved_at(said: object, wanted: Expected, now: datetime) -> datetime:
    """`auth_time`, which a provider says where it is asked for `max_age`. Raises NotSignedIn."""
    known = isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= now.timestamp() + LEEWAY
    proved_at = min(datetime.fromtimestamp(said, UTC), now) if known else LONG_AGO  # type: ignore[arg-type]
    if wanted.fresh and now - proved_at > FRESH + timedelta(seconds=LEEWAY):
        log.warning("the ID token has no auth_time of the last minutes, which max_age asks for")
        raise NotSignedIn(NOT_FRESH)
    return proved_at


def _readable(published: Iterable[dict[str, Any]]) -> KeySet:
    """Without keys of kinds that we do not know (RFC 7517 §5): the provider has other clients too."""
    keys: list[Key] = []
    for key in published:
        try:
            keys.append(JWKRegistry.import_key(key))
        except (JoseError, ValueError, KeyError, TypeError):
            continue
    return KeySet(keys)
