"""Use cases of signing in through the Centre's own identity provider: the way there, and the way back.

OpenID Connect, authorization code with PKCE (docs/decisions/0020-openid-connect.md). Off unless `oidc_issuer` is set."""

from __future__ import annotations

from datetime import datetime

from services.directory.accounts import storage as accounts
from services.directory.accounts.account import Account
from services.directory.oidc.begun import AGAIN, Begun
from services.directory.oidc.id_token import NOBODY, Expected, Named, account_named
from services.directory.signing_in import storage as signing_in
from services.directory.signing_in.answers import TokenAnswer
from shared.errors import NotSignedIn
from shared.keeping import repository
from shared.keeping.expiring import KEPT_FOR, delete_between
from shared.ports import Clock, IdentityProvider, Kind, Record, Store
from shared.settings import Settings
from shared.trade.roles import UNGATED

ANSWERS = Kind("oidc_answer", indexes=(("until",),), expires=True)
"""States of the sign-ins that came to their end. until: seconds of the epoch, from which on nobody takes such an answer."""


CALLBACK, CALLBACK_OF_PAGES = "/directory/oidc/callback", "/sign-in/provider/callback"


def callback(settings: Settings, pages: bool = False) -> str:
    """Where the provider sends the browser back to; it knows these two addresses, and no other. pages: the one at which the
    console takes the answer, and asks for the tokens with it."""
    return f"{settings.url.rstrip('/')}{CALLBACK_OF_PAGES if pages else CALLBACK}"


async def page(provider: IdentityProvider, settings: Settings, begun: Begun) -> str:
    """Where the browser goes. Raises Unavailable."""
    return begun.page(await provider.page(), settings.oidc_client_id, callback(settings, begun.pages))


async def identify(provider: IdentityProvider, settings: Settings, begun: Begun, code: str, now: datetime) -> Named:
    """The account that the provider names, for the code that the browser came back with. Raises NotSignedIn,
    Unavailable."""
    found = await provider.identify(code, begun.verifier, callback(settings, begun.pages))
    if found is None:
        raise NotSignedIn(AGAIN)
    wanted = Expected(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_claim, begun.fresh)
    return account_named(found.id_token, found.keys, wanted, begun.nonce, now)


async def sign_in(store: Store, clock: Clock, settings: Settings, begun: Begun, named: Named) -> TokenAnswer:
    """Raises NotSignedIn."""
    account = await _account_of(store, named.account)
    await _take_once(store, begun)
    return await signing_in.issue(store, clock, settings, account, practising=False, proved_at=named.proved_at)


async def _account_of(store: Store, name: str) -> Account:
    """The account of a person. Machines, services and the operator have passwords of their own and nobody behind them
    at the provider. Raises NotSignedIn, the same for all of these: nobody learns here which accounts there are. Whose own
    account was closed hears that, for the provider says who it is."""
    account = await repository.seek(store, Account, name)
    if account is None or UNGATED.intersection(account.roles):
        raise NotSignedIn(NOBODY)
    await accounts.must_be_open(store, account)
    return account


async def _take_once(store: Store, begun: Begun) -> None:
    """Raises NotSignedIn when this answer was taken before, whatever the provider thinks of its code."""
    if not await store.add(ANSWERS.name, Record(begun.state, {"until": begun.exp})):
        raise NotSignedIn(AGAIN)


async def sweep(store: Store, now: datetime) -> None:
    """The clock's question: which states can no answer come with any more, whoever sets the clock back? Idempotent."""
    await delete_between(store, ANSWERS, "until", 0, int((now - KEPT_FOR).timestamp()))
