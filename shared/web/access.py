"""The door of every endpoint: who asks, and whether the service's access table lets them in.

An endpoint says `by: By` and nothing else; its row stands in `services/<service>/access.py`. Without a row nobody comes in.
Besides the role, every writing request passes two gates: the training gate (R2), and the gate of services in which nobody
practises. Where the row says so, the sign-in has to be fresh, also for reading. What the caller may do with a certain
document the verbs decide.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from shared.actor import Actor
from shared.errors import NotAllowed, NotSignedIn
from shared.ports import Clock, Tokens
from shared.register.access import Row
from shared.trade.roles import Role

# Only for the documentation: it puts the padlock and the `Authorize` button there.
_bearer = HTTPBearer(
    auto_error=False, description="访问令牌，见 POST /directory/tokens · access_token of POST /directory/tokens"
)
Bearer = Annotated[object, Security(_bearer)]

READING = frozenset({"GET", "HEAD", "OPTIONS"})


async def by_the_table(request: Request, _: Bearer) -> Actor:
    """Raises NotSignedIn, NotAllowed, NotTrained, SignInAgain."""
    actor = await _actor(request)
    row = _row(request)
    actor.must_be(*(role for role in Role if role in row.roles))
    if not row.own:
        _through_the_gates(request, actor)
    if row.services and actor.roles & row.roles == {Role.SERVICE} and actor.id not in row.services:
        raise NotAllowed("此项只供本系统指定的服务取用 · this is for those of our services that need it")
    if row.fresh:
        clock: Clock = request.app.state.clock
        actor.must_be_fresh(clock.now())
    return actor


By = Annotated[Actor, Depends(by_the_table)]


def _row(request: Request) -> Row:
    """Raises NotAllowed: what nobody thought about is open to nobody."""
    table: dict[str, Row] = request.app.state.access
    endpoint = f"{request.method} {request.scope['route'].path}"
    if endpoint not in table:
        raise NotAllowed(
            "此项未列入权限表，请告知运行管理员 · this endpoint has no row in the access table: tell the operator"
        )
    return table[endpoint]


async def _actor(request: Request) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        raise NotSignedIn(
            "请先登录（POST /directory/tokens），再带上请求头 `Authorization: Bearer <令牌>` · "
            "sign in (POST /directory/tokens), then send `Authorization: Bearer <token>`"
        )
    tokens: Tokens = request.app.state.keyring
    return await tokens.actor(token.strip())


def _through_the_gates(request: Request, actor: Actor) -> None:
    """Raises NotTrained, NotAllowed."""
    if request.method in READING:
        return
    actor.must_be_trained()
    if actor.practising and not request.app.state.practice:
        raise NotAllowed(
            "此项不能在培训模式中办理，请退出后不勾选培训模式再登录 · this cannot be practised: sign out, and in again without "
            "training mode"
        )
