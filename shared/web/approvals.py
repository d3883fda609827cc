"""The steps of a form on its way up, over HTTP: plans, rosters and work reports all go the same way (`shared.procedure`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.actor import Actor
from shared.procedure.approval import Approval
from shared.text import OneLine
from shared.web.access import By
from shared.web.preconditions import ExpectedVersion, tag

F = TypeVar("F", bound=Approval)
Step = Callable[[str, int, Actor, str, str], Awaitable[F]]
"""(id, version seen, by, verb, reason) → the form after the step."""


class Return(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500)


def add_steps(
    routes: APIRouter,
    path: str,
    step: Step[F],
    shown: Callable[[F], dict[str, Any]],
    *,
    tags: list[Any] | None = None,
    approve_summary: str = "中心批准 · approve",
) -> None:
    """`POST <path>/{id}/submission | endorsement | approval | return`. shown: what an answer tells of the form.

    Who asks stands before what is asked: dependencies are resolved in this order, and access comes first."""

    async def stepped(id: str, seen: int, by: Actor, response: Response, verb: str, reason: str = "") -> dict[str, Any]:
        form = await step(id, seen, by, verb, reason)
        tag(response, form.version)
        return shown(form)

    @routes.post(path + "/{id}/submission", tags=tags, summary="呈报 · submit")
    async def submit(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return await stepped(id, seen, by, response, "submit")

    @routes.post(path + "/{id}/endorsement", tags=tags, summary="分中心同意 · endorse")
    async def endorse(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return await stepped(id, seen, by, response, "endorse")

    @routes.post(path + "/{id}/approval", tags=tags, summary=approve_summary)
    async def approve(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return await stepped(id, seen, by, response, "approve")

    @routes.post(path + "/{id}/return", tags=tags, summary="退回 · send back one step, with a reason")
    async def send_back(id: str, by: By, why: Return, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return await stepped(id, seen, by, response, "send_back", why.reason)
