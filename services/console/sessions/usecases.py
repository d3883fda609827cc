"""Use cases of sessions: sign in, fresh tokens, a fresh sign-in for what needs one, sign out."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from services.console.refusal import NOT_SIGNED_IN, Kept, Refusal
from services.console.sessions import storage
from services.console.sessions.session import Holder, Secret, Session
from shared.errors import NotSignedIn, Stale, Unavailable
from shared.ports import Clock, Store
from shared.ports.others.interfaces import Interfaces, Question, Reply
from shared.trade.practice import twin_path

OK = 200
PRACTICE = "training"
SIGN_OUT = "/directory/sign-out"
OVER = "登录已结束，请重新登录；您的办理记录都在 · your sign-in is over: sign in again; nothing you did is lost"


class Sessions:
    """life: after how long without a page somebody signs in anew."""

    def __init__(self, store: Store, clock: Clock, interfaces: Interfaces, life: timedelta) -> None:
        self._store, self._clock, self._interfaces, self._life = store, clock, interfaces, life
        self._exchanging: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def sign_in(self, account: str, password: str, visitor: str, *, practising: bool) -> Secret:
        """Raises Refusal as the directory says it, Unavailable."""
        return await self.begin(await self._tokens(_by_password(account, password, practising), visitor), visitor)

    async def begin(self, tokens: dict[str, Any], visitor: str, *, by_provider: bool = False) -> Secret:
        """A session for tokens that the directory gave, however it recognised somebody. Raises Refusal, Unavailable."""
        now = self._clock.now()
        session = Session(
            holder=await self._holder(tokens["access_token"], visitor),
            access=tokens["access_token"],
            access_until=now + timedelta(seconds=tokens["expires_in"]),
            refresh=tokens["refresh_token"],
            by_provider=by_provider,
        )
        secret = Secret.new()
        await storage.add(self._store, secret, session, now + self._life)
        return secret

    async def of(self, secret: Secret, visitor: str) -> Session:
        """The session of a cookie, with an access token that is good for a while. Raises NotSignedIn, Unavailable."""
        found = await storage.seek(self._store, secret, self._clock.now())
        if found is None:
            raise NotSignedIn(OVER)
        return await self.exchanged(secret, found[0], visitor) if found[0].is_stale(self._clock.now()) else found[0]

    async def known(self, secret: Secret) -> Session | None:
        """As it is stored, whatever became of its tokens. Raises Unavailable."""
        found = await storage.seek(self._store, secret, self._clock.now())
        return found[0] if found else None

    async def exchanged(self, secret: Secret, before: Session, visitor: str) -> Session:
        """With the next tokens. One exchange at a time: the second window of a browser takes what the first one got. Of two
        processes both may ask: the directory gives both the same successor. Raises NotSignedIn, Unavailable."""
        async with self._alone(secret.name):
            found = await storage.seek(self._store, secret, self._clock.now())
            if found is None:
                raise NotSignedIn(OVER)
            known, version = found
            if known.access != before.access:
                return known
            try:
                form = {"grant_type": "refresh_token", "refresh_token": known.refresh}
                tokens = await self._tokens(form, visitor)
            except Refusal as refusal:
                if refusal.status != NOT_SIGNED_IN:
                    raise
                again = await storage.seek(self._store, secret, self._clock.now())
                if again is not None and again[1] != version:  # a fresh sign-in in another process ended the one before
                    return again[0]
                await storage.delete(self._store, secret)
                raise NotSignedIn(OVER) from refusal
            now = self._clock.now()
            until = now + timedelta(seconds=tokens["expires_in"])
            session = known.renewed(tokens["access_token"], until, tokens["refresh_token"])
            session = session.model_copy(update={"holder": await self._holder(session.access, visitor)})
            try:
                await storage.replace(self._store, secret, session, version, now + self._life)
            except Stale:
                again = await storage.seek(self._store, secret, self._clock.now())
                if again is None:
                    raise NotSignedIn(OVER) from None
                return again[0]
            return session

    async def prove(self, secret: Secret, session: Session, password: str, visitor: str) -> None:
        """Whose session it is proves anew that it is them. Raises Refusal as the directory says it, NotSignedIn, Unavailable."""
        holder = session.holder
        form = _by_password(holder.account, password, holder.practising)
        await self._proved(secret, await self._tokens(form, visitor), visitor)

    async def come_back(self, secret: Secret | None, tokens: dict[str, Any], visitor: str) -> Secret:
        """From the identity provider. Whose session it is goes on with it, and with what waits there; anybody else begins a new
        one. Raises Refusal, NotSignedIn, Unavailable."""
        found = await storage.seek(self._store, secret, self._clock.now()) if secret else None
        if secret is not None and found is not None and found[0].by_provider:
            holder = await self._holder(tokens["access_token"], visitor)
            if holder.account == found[0].holder.account:
                await self._proved(secret, tokens, visitor)
                return secret
        begun = await self.begin(tokens, visitor, by_provider=True)
        if secret is not None:
            with contextlib.suppress(Unavailable):  # it ends by itself
                await self.sign_out(secret, visitor)
        return begun

    async def keep(self, secret: Secret, kept: Kept) -> str:
        """A form that waits for a fresh sign-in; under which name. Raises NotSignedIn, Unavailable."""
        name = secrets.token_urlsafe(16)
        await self._change(secret, lambda session: session.keeping(name, kept))
        return name

    async def _proved(self, secret: Secret, tokens: dict[str, Any], visitor: str) -> None:
        """The session goes on with these tokens; the sign-in before ends."""
        holder, now = await self._holder(tokens["access_token"], visitor), self._clock.now()
        until = now + timedelta(seconds=tokens["expires_in"])
        async with self._alone(secret.name):
            found = await storage.seek(self._store, secret, now)
            await self._change(
                secret,
                lambda session: session.renewed(tokens["access_token"], until, tokens["refresh_token"]).model_copy(
                    update={"holder": holder}
                ),
            )
        if found is not None:
            with contextlib.suppress(Unavailable):  # it ends by itself
                await self._interfaces.ask(Question("POST", SIGN_OUT, token=found[0].access, visitor=visitor))

    async def _change(self, secret: Secret, change: Callable[[Session], Session]) -> None:
        """Whatever another process does to it meanwhile. Raises NotSignedIn, Unavailable."""
        while True:
            now = self._clock.now()
            found = await storage.seek(self._store, secret, now)
            if found is None:
                raise NotSignedIn(OVER)
            with contextlib.suppress(Stale):
                return await storage.replace(self._store, secret, change(found[0]), found[1], now + self._life)

    async def sign_out(self, secret: Secret, visitor: str) -> None:
        """The session, and the sign-in behind it. Safe to repeat. Raises Unavailable: then the browser still forgets it."""
        found = await storage.seek(self._store, secret, self._clock.now())
        await storage.delete(self._store, secret)
        if found is not None:
            await self._interfaces.ask(Question("POST", SIGN_OUT, token=found[0].access, visitor=visitor))

    @contextlib.asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        lock = self._exchanging.setdefault(name, asyncio.Lock())
        async with lock:
            yield

    async def _tokens(self, form: dict[str, str], visitor: str) -> dict[str, Any]:
        reply = await self._interfaces.ask(Question("POST", "/directory/tokens", visitor=visitor, form=form))
        return _must_be_good(reply)

    async def _holder(self, token: str, visitor: str) -> Holder:
        me = _must_be_good(await self._interfaces.ask(Question("GET", "/directory/me", token=token, visitor=visitor)))
        body: dict[str, Any] = {}
        if me["body"]:
            asked = Question("GET", f"/directory/bodies/{me['at']}", token=token, visitor=visitor)
            reply = await self._interfaces.ask(asked)
            body = reply.json() if reply.status == OK else {}  # its code has to do
        return Holder(
            account=me["id"],
            name=me["name"],
            body=me["at"],
            path=twin_path(me["path"]) if me["practising"] else me["path"],
            body_zh=body.get("name_zh", ""),
            body_en=body.get("name_en", ""),
            roles=me["roles"],
            practising=me["practising"],
            trained=me["trained"],
        )


def _by_password(account: str, password: str, practising: bool) -> dict[str, str]:
    form = {"grant_type": "password", "username": account, "password": password}
    return {**form, "scope": PRACTICE} if practising else form


def _must_be_good(reply: Reply) -> dict[str, Any]:
    """Raises Refusal."""
    if reply.status >= 400:
        raise Refusal.of(reply)
    found: dict[str, Any] = reply.json()
    return found
