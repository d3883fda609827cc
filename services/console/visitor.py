"""Whoever opens a page: as what they are signed in, in which language they read, and what they ask the services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from string import punctuation
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Request

from services.console.entry import NOWHERE, PUBLIC, Entry, Page
from services.console.language import LANGUAGES, Language
from services.console.refusal import NOT_SIGNED_IN, Refusal
from services.console.sessions.session import Holder, Secret, Session
from services.console.sessions.usecases import OVER, Sessions
from shared.errors import NotSignedIn, SignInAgain, Unavailable
from shared.ip_addresses import is_this_machine
from shared.ports.others.interfaces import Flow, Interfaces, Question, Reply

COOKIE, LOOPBACK_COOKIE, LOOK = "__Host-jianding", "jianding", "jianding-look"
"""The second for http on this machine, where a browser keeps no `__Host-` cookie. The third holds how pages look: no secret."""

NOT_FOR_YOU: Final = (
    "此页不属于您的角色，可请有权的同事办理；角色刚有变动的，请退出后重新登录 · this page is not for your role: ask a colleague "
    "who may; if your role was changed just now, sign out and in again"
)
LISTED_NOWHERE: Final = "此页未列入菜单，请告知运行管理员 · this page stands in no entry of the menu: tell the operator"


@dataclass(frozen=True, slots=True)
class Look:
    """language; large: 适老化 large type; keys: whether single keys do something on the pages of approval (WCAG 2.1.4)."""

    language: Language = "zh"
    large: bool = False
    keys: bool = True

    @classmethod
    def read(cls, text: str) -> Look:
        parts = text.split(".")
        language: Language = "en" if "en" in parts else LANGUAGES[0]
        return cls(language, "large" in parts, "nokeys" not in parts)

    def __str__(self) -> str:
        return ".".join([self.language, *(["large"] if self.large else []), *([] if self.keys else ["nokeys"])])


@dataclass(slots=True)
class Visitor:
    """address: of the network. holder: none where nobody is signed in."""

    request: Request
    address: str
    look: Look
    entry: Entry
    page: Page
    sessions: Sessions
    interfaces: Interfaces
    secret: Secret | None = None
    session: Session | None = field(default=None, repr=False)

    @property
    def holder(self) -> Holder | None:
        return self.session.holder if self.session else None

    async def get(self, path: str, **query: object) -> Any:
        """What a service answers. Parameters that are empty are left out. Raises Refusal, NotSignedIn, SignInAgain,
        Unavailable."""
        return (await self.reply("GET", path, query=query)).json()

    async def send(self, method: str, path: str, content: Any = None, **headers: str) -> Reply:
        """headers: `if_match`, `idempotency_key`. Raises Refusal, NotSignedIn, SignInAgain, Unavailable."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.reply(method, path, content=content, headers=named)

    async def reply(self, method: str, path: str, **more: Any) -> Reply:
        """Raises Refusal, NotSignedIn, Unavailable; SignInAgain, which no page needs to catch: what was typed is kept, the
        visitor signs in again, and it goes on."""
        reply = await self.interfaces.ask(self._question(method, path, **more))
        if reply.status == NOT_SIGNED_IN and await self.exchange():
            reply = await self.interfaces.ask(self._question(method, path, **more))
            if reply.status == NOT_SIGNED_IN:
                raise NotSignedIn(OVER)
        if reply.status >= 400:
            raise _refused(reply)
        return reply

    async def exchange(self) -> bool:
        """The token ended before its time: keys were changed, or the clocks differ. Whether there is a next one to ask with once
        more. Raises NotSignedIn, Unavailable."""
        if self.secret is None or self.session is None:
            return False
        self.session = await self.sessions.exchanged(self.secret, self.session, self.address)
        return True

    @property
    def words(self) -> Mapping[str, Any]:
        """What things are called in this visitor's language: `state_name(kind, state)` and so on."""
        found: Mapping[str, Any] = self.request.app.state.templates.words(self.look.language)
        return found

    @asynccontextmanager
    async def flow(self, path: str, **query: object) -> AsyncIterator[Flow]:
        """A file. Raises Refusal, NotSignedIn, SignInAgain, Unavailable."""
        async with AsyncExitStack() as opened:
            flow = await opened.enter_async_context(self.interfaces.flow(self._question("GET", path, query=query)))
            if flow.status == NOT_SIGNED_IN and await self.exchange():
                await opened.aclose()
                flow = await opened.enter_async_context(self.interfaces.flow(self._question("GET", path, query=query)))
            if flow.status >= 400:
                raise _refused(Reply(flow.status, flow.headers, b"".join([piece async for piece in flow.pieces])))
            yield flow

    def may(self, endpoint: str) -> bool:
        """Whether the access table lets one of this visitor's roles call it: for what a page offers. The services decide."""
        if endpoint == PUBLIC:
            return True
        row = self.request.app.state.access[endpoint]
        return not row.roles or bool(self.holder and row.roles & set(self.holder.roles))

    def _question(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Question:
        """headers: from hidden fields, in which anything may have been typed; a header takes little of that."""
        asked = [(name, str(value)) for name, value in (query or {}).items() if value not in ("", None, False)]
        sent = {name: quote(value, safe=punctuation) for name, value in (headers or {}).items()}
        token = self.session.access if self.session else ""
        return Question(method, path, token=token, visitor=self.address, query=asked, headers=sent, **more)


def _refused(reply: Reply) -> Refusal | SignInAgain:
    refusal = Refusal.of(reply)
    return SignInAgain(str(refusal)) if refusal.more.get("sign_in") == "fresh" else refusal


def cookie_of(request: Request) -> str:
    """The name of the session's cookie here; empty: over http from another machine, where nobody signs in at all."""
    if request.url.scheme == "https":
        return COOKIE
    return LOOPBACK_COOKIE if is_this_machine(request.url.hostname or "") else ""


async def anybody(request: Request) -> Visitor:
    """Signed in or not. Raises Refusal where the menu has no such page."""
    state = request.app.state
    found: tuple[Entry, Page] | None = state.pages.get(f"{request.method} {request.scope['route'].path}")
    if found is None:
        raise Refusal(403, LISTED_NOWHERE)
    visitor = _at(request, *found)
    if visitor.secret is not None:
        try:
            visitor.session = await visitor.sessions.of(visitor.secret, visitor.address)
        except NotSignedIn:
            visitor.secret = None
    request.state.visitor = visitor
    page = visitor.page
    if page.asks == PUBLIC:
        return visitor
    if visitor.session is None:
        raise NotSignedIn(OVER)
    if not visitor.may(page.asks):
        raise Refusal(403, NOT_FOR_YOU)
    return visitor


async def recognised(request: Request) -> Visitor:
    """For the head of a page that says why there is no other: by what is stored of the session alone, so that it is said also
    while services are away. Where the store is, nobody is signed in."""
    visitor = _at(request, *NOWHERE)
    if visitor.secret is not None:
        try:
            visitor.session = await visitor.sessions.known(visitor.secret)
        except Unavailable:
            visitor.secret = None
    return visitor


def _at(request: Request, entry: Entry, page: Page) -> Visitor:
    """Nobody is signed in yet; with the secret of the cookie, if there is one."""
    state = request.app.state
    address = request.client.host if request.client else ""
    look = Look.read(request.cookies.get(LOOK, ""))
    text = request.cookies.get(cookie_of(request) or COOKIE, "")
    secret = Secret(text) if text else None
    return Visitor(request, address, look, entry, page, state.sessions, state.interfaces, secret)


By = Annotated[Visitor, Depends(anybody)]
"""The visitor of a page, let in by the menu's row: signed in, unless the row says that the page is open to everybody."""
