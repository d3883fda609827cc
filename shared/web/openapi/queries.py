"""Parameters of a query that no endpoint has are refused: a filter with a slip in its name would show everything."""

from __future__ import annotations

import inspect

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from shared.errors import Invalid, Problem
from shared.register.access import PUBLIC
from shared.web.access import by_the_table

ANSWERED_ELSEWHERE = frozenset({"/directory/oidc/callback"})
"""Where somebody else's redirect leads: an identity provider may add what it likes (`iss`, `session_state` …), and what is
not recognised must be ignored (RFC 6749 §4.1.2)."""


def _is_opened_by_a_link(route: APIRoute, path: str) -> bool:
    """Pages too: whatever passes on the link of a QR code may lengthen it (`?from=…`), and the holder must still get in."""
    is_page = inspect.isclass(route.response_class) and issubclass(route.response_class, HTMLResponse)
    return is_page or path in ANSWERED_ELSEWHERE


async def only_what_there_is(request: Request) -> None:
    """Raises Invalid, naming every parameter that there is not. Whoever may not come in is told that, and no more: then
    NotSignedIn, NotAllowed, NotTrained."""
    route: APIRoute = request.scope["route"]
    if not request.url.query or not route.include_in_schema or _is_opened_by_a_link(route, request.scope["path"]):
        return
    known = _known(route.dependant)
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if not unknown:
        return
    if request.app.state.access.get(f"{request.method} {route.path}") != PUBLIC:
        await by_the_table(request, None)
    fix = f"可用 {'、'.join(known)} · there are {', '.join(known)}" if known else "此处没有参数 · there are none here"
    problems = [Problem(f"query {name}", "没有这个参数 · there is no such parameter", fix) for name in unknown]
    raise Invalid(
        "网址中有不认识的参数，请改正或去掉 · the query has parameters that there are not: correct them or leave them out",
        problems,
    )


def _known(dependant: Dependant) -> list[str]:
    """In the order in which they are documented."""
    own = [field.alias for field in dependant.query_params]
    return own + [name for one in dependant.dependencies for name in _known(one)]
