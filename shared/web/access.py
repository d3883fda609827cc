"""Who may call what. Every endpoint carries exactly one of `allow(...)`, `anyone_signed_in` or `public`.

`tests/rules/test_access.py` walks all routes and fails for one without. Besides the role, every writing request passes
two gates: the training gate (R2), and the gate of services in which nobody practises.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from shared.actor import Actor
from shared.errors import NotAllowed, NotSignedIn
from shared.trade.roles import Role
from shared.web.tokens import Keyring

# Only for the documentation: it puts the padlock and the `Authorize` button there.
_bearer = HTTPBearer(auto_error=False, description="access_token of POST /directory/tokens")
Bearer = Annotated[object, Security(_bearer)]


async def _actor(request: Request) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        raise NotSignedIn("请先登录 · send `Authorization: Bearer <token>`")
    keyring: Keyring = request.app.state.keyring
    return await keyring.actor(token.strip())


READING = frozenset({"GET", "HEAD", "OPTIONS"})


def _through_the_gates(request: Request, actor: Actor) -> None:
    """Raises NotTrained, NotAllowed."""
    if request.method in READING:
        return
    actor.must_be_trained()
    if actor.practising and not request.app.state.practice:
        raise NotAllowed("培训模式下不能办理此项 · this cannot be practised in training mode: sign in without it")


def allow(*roles: Role, services: tuple[str, ...] = ()) -> Callable[..., Awaitable[Actor]]:
    """Dependency: the caller has one of `roles`. What the caller may do with a certain document the verbs decide.
    services: where SERVICE is among the roles, which of our services that means."""

    async def allowed(request: Request, _: Bearer) -> Actor:
        actor = await _actor(request)
        actor.must_be(*roles)
        _through_the_gates(request, actor)
        if actor.roles.intersection(roles) == {Role.SERVICE} and actor.id not in services:
            raise NotAllowed(f"{actor.id} 无需此项 · is none of the services that need this")
        return actor

    allowed.access = frozenset(roles)  # type: ignore[attr-defined]
    return allowed


async def _signed_in(request: Request, _: Bearer) -> Actor:
    return await _actor(request)


_signed_in.access = frozenset(Role)  # type: ignore[attr-defined]
AnyoneSignedIn = Annotated[Actor, Depends(_signed_in)]
"""No gate: for reading, and for what concerns only the caller's own sign-in."""


def public() -> None:
    """Dependency that says: open on purpose."""


public.access = frozenset()  # type: ignore[attr-defined]
Public = Depends(public)
