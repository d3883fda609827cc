"""HTTP of the standing of bodies: the licence, the annual inspection, the end of a rectification.

Rectification, suspension and revocation are sanctions: they come from supervision, and have no door here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.directory.bodies.body import Body
from services.directory.bodies.standing_requests import Clearance, InspectionEntry, LicenceEntry
from shared.actor import Actor
from shared.contracts.directory import Licence
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.trade.roles import Role
from shared.web.access import allow
from shared.web.preconditions import VersionSeen, tag

Approver = Annotated[Actor, Depends(allow(Role.CENTRE_APPROVER))]
Inspector = Annotated[Actor, Depends(allow(Role.CENTRE_CLERK, Role.CENTRE_APPROVER))]


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/bodies/{code}", tags=["机构 · bodies"])

    async def done(code: str, seen: int, by: Actor, response: Response, verb: Callable[[Body], None]) -> dict[str, Any]:
        """Raises NotFound, Stale, and what the verb raises."""
        body = await repository.seen(store, Body, code, by, seen)
        verb(body)
        await repository.save(store, body)
        tag(response, body.version)
        return body.as_answer()

    @routes.post("/licence", summary="许可 · license: the first one, a renewal, or another scope")
    async def license(
        code: str, entry: LicenceEntry, by: Approver, seen: VersionSeen, response: Response
    ) -> dict[str, Any]:
        """Four eyes: not by whoever registered the body."""
        licence = Licence.model_validate(entry.model_dump())
        return await done(code, seen, by, response, lambda body: body.license(by, clock.now(), licence))

    @routes.post("/annual-inspections", summary="年检 · record the annual inspection")
    async def inspect(
        code: str, entry: InspectionEntry, by: Inspector, seen: VersionSeen, response: Response
    ) -> dict[str, Any]:
        """Failed: the body must rectify by a day within three months."""
        content = entry.model_dump()
        return await done(code, seen, by, response, lambda body: body.inspect(by, clock.now(), **content))

    @routes.post("/clearance", summary="整改验收 · what had to be rectified is mended")
    async def clear(code: str, how: Clearance, by: Approver, seen: VersionSeen, response: Response) -> dict[str, Any]:
        return await done(code, seen, by, response, lambda body: body.clear_rectification(by, clock.now(), how.reason))

    return routes
