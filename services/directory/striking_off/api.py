"""HTTP of striking off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.directory.bodies.answers import BodyAnswer
from services.directory.striking_off import usecases
from services.directory.striking_off.requests import StrikingOff
from shared.outside import Ports
from shared.web.asking import Expecting
from shared.web.preconditions import tag

Code = Annotated[str, Path(description="机构编码 · institution code of the body")]


def router(ports: Ports) -> APIRouter:
    routes = APIRouter(prefix="/bodies", tags=["机构 · bodies"])

    @routes.post("/{code}/striking-off", summary="除名 · strike off a body that was registered twice")
    async def strike_off(code: Code, entry: StrikingOff, asked: Expecting, response: Response) -> BodyAnswer:
        """For good, and only while nothing hangs on it: no body below it, no account that is not closed, no registered
        person who is not withdrawn, no document in any service. Four eyes: not by whoever registered it."""
        body = await usecases.strike_off(ports, code, asked, entry)
        tag(response, body.version)
        return BodyAnswer.of(body)

    return routes
