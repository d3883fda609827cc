"""The steps of a form on its way up, over HTTP: plans, rosters and work reports all go the same way (`shared.procedure`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.keeping.asked import Asked
from shared.procedure.approval import Approval
from shared.text import OneLine
from shared.web.asking import DocumentId, Expecting
from shared.web.preconditions import tag

F = TypeVar("F", bound=Approval)
Step = Callable[[str, Asked, str, str], Awaitable[F]]
"""(id, asked, verb, reason) → the form after the step."""


class Return(BaseModel):
    """A step back, with a reason."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(
        min_length=1, max_length=500, description="退回理由，不写人名 · why, without names of people"
    )


def add_steps(
    routes: APIRouter,
    step: Step[F],
    show: Callable[[F], Any],
    answer: Any,
    *,
    approve_summary: str = "中心批准 · approve",
) -> None:
    """`POST <prefix>/{id}/submission | endorsement | approval | return`. answer: the model that `show` makes."""

    async def stepped(id: str, asked: Asked, response: Response, verb: str, reason: str = "") -> Any:
        form = await step(id, asked, verb, reason)
        tag(response, form.version)
        return show(form)

    @routes.post("/{id}/submission", response_model=answer, summary="呈报 · submit")
    async def submit(id: DocumentId, asked: Expecting, response: Response) -> Any:
        return await stepped(id, asked, response, "submit")

    @routes.post("/{id}/endorsement", response_model=answer, summary="分中心同意 · endorse")
    async def endorse(id: DocumentId, asked: Expecting, response: Response) -> Any:
        return await stepped(id, asked, response, "endorse")

    @routes.post("/{id}/approval", response_model=answer, summary=approve_summary)
    async def approve(id: DocumentId, asked: Expecting, response: Response) -> Any:
        return await stepped(id, asked, response, "approve")

    @routes.post("/{id}/return", response_model=answer, summary="退回 · send back one step, with a reason")
    async def send_back(id: DocumentId, asked: Expecting, why: Return, response: Response) -> Any:
        return await stepped(id, asked, response, "send_back", why.reason)
