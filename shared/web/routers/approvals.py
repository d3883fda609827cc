"""The steps of a form on its way up, over HTTP: plans, rosters and work reports all go the same way (`shared.procedure`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.actor import Actor
from shared.keeping.asked import Asked
from shared.procedure.approval import Approval
from shared.procedure.possible import Guard, PossibleStep, no_guard, possible
from shared.text import OneLine
from shared.web.asking import Asking, DocumentId, Expecting
from shared.web.preconditions import tag

F = TypeVar("F", bound=Approval)


@dataclass(frozen=True, slots=True)
class Move:
    """verb: one of `shared.procedure.approval.VERBS`. reason: of a way back. reasons: of an approval, why each exception
    is made, by rule."""

    verb: str
    reason: str = ""
    reasons: dict[str, str] = field(default_factory=dict)


Step = Callable[[str, Asked, Move], Awaitable[F]]
"""(id, asked, move) → the form after the step."""

Read = Callable[[str, Actor], Awaitable[F]]
"""(id, by) → the form, if it lies within the reach of `by`. Raises NotFound."""

Show = Callable[[F, Asked], Awaitable[Any]]
"""(form, asked) → what is shown of it to whoever asked."""

MOST_EXCEPTIONS = 1000
"""Of one approval: a roster may need one for each of its lines."""


class Return(BaseModel):
    """A step back, with a reason."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(
        min_length=1, max_length=500, description="退回理由，不写人名 · why, without names of people"
    )


class ApprovalDecision(BaseModel):
    """An approval. Nothing need be said unless something is to be let through."""

    model_config = ConfigDict(extra="forbid")
    exceptions: dict[Annotated[str, Field(max_length=60)], Annotated[OneLine, Field(min_length=1, max_length=500)]] = (
        Field(
            default_factory=dict,
            max_length=MOST_EXCEPTIONS,
            description="中心特批：规定 → 理由，不写人名 · exceptions the Centre makes: rule → why, without names of people",
        )
    )


class TakingBack(BaseModel):
    """Why a form is taken back or given up; it may stay unsaid."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(
        "", max_length=500, description="理由，可不写，不写人名 · why; may be empty; no names of people"
    )


NOTHING_SAID, UNSAID = ApprovalDecision(), TakingBack()


def to_everybody(answer_of: Callable[[F], Any]) -> Show[F]:
    """Where it does not matter who asks, and nothing more has to be looked up."""

    async def show(form: F, _: Asked) -> Any:
        return answer_of(form)

    return show


def add_steps(
    routes: APIRouter,
    read: Read[F],
    step: Step[F],
    show: Show[F],
    answer: Any,
    *,
    approve_summary: str = "中心批准 · approve",
    guard: Guard = no_guard,
) -> None:
    """`GET <prefix>/{id}/steps`, and `POST <prefix>/{id}/submission | endorsement | approval | return | withdrawal |
    discarding`. answer: the model that `show` makes. guard: of the verbs, where a form does not know by itself
    what it would be refused for."""

    async def stepped(id: str, asked: Asked, response: Response, move: Move) -> Any:
        form = await step(id, asked, move)
        tag(response, form.version)
        return await show(form, asked)

    @routes.get("/{id}/steps", summary="可办理的步骤 · which steps you may take, and why not the others")
    async def steps(id: DocumentId, asked: Asking) -> list[PossibleStep]:
        return await possible(await read(id, asked.by), asked, guard)

    @routes.post("/{id}/submission", response_model=answer, summary="呈报 · submit")
    async def submit(id: DocumentId, asked: Expecting, response: Response) -> Any:
        return await stepped(id, asked, response, Move("submit"))

    @routes.post("/{id}/endorsement", response_model=answer, summary="分中心同意 · endorse")
    async def endorse(id: DocumentId, asked: Expecting, response: Response) -> Any:
        return await stepped(id, asked, response, Move("endorse"))

    @routes.post("/{id}/approval", response_model=answer, summary=approve_summary)
    async def approve(
        id: DocumentId,
        asked: Expecting,
        response: Response,
        decision: Annotated[ApprovalDecision, Body()] = NOTHING_SAID,
    ) -> Any:
        """与规定不符而须特批的事项，逐项写明理由；缺一项即不予批准，并全部列出。

        Whatever needs an exception of the Centre needs its reason here; what lacks one is listed, and nothing approved."""
        return await stepped(id, asked, response, Move("approve", reasons=dict(decision.exceptions)))

    @routes.post("/{id}/return", response_model=answer, summary="退回 · send back one step, with a reason")
    async def send_back(id: DocumentId, asked: Expecting, why: Return, response: Response) -> Any:
        return await stepped(id, asked, response, Move("send_back", why.reason))

    @routes.post(
        "/{id}/withdrawal", response_model=answer, summary="撤回 · take back what the office above has not acted on"
    )
    async def withdraw(
        id: DocumentId, asked: Expecting, response: Response, why: Annotated[TakingBack, Body()] = UNSAID
    ) -> Any:
        return await stepped(id, asked, response, Move("withdraw", why.reason))

    @routes.post("/{id}/discarding", response_model=answer, summary="作废草稿 · give up a draft")
    async def discard(
        id: DocumentId, asked: Expecting, response: Response, why: Annotated[TakingBack, Body()] = UNSAID
    ) -> Any:
        return await stepped(id, asked, response, Move("discard", why.reason))
