"""Which steps somebody may take with a form as it stands, and why not the others: so that a page offers what will be let
through, and says beforehand what a refusal would say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from pydantic import Field

from shared.actor import Actor
from shared.errors import Refused
from shared.keeping.answers import Answer
from shared.keeping.asked import Asked
from shared.procedure.approval import Approval

NOT_OFFERED: Final = frozenset({"redraft"})
"""What is done by drafting anew, and to no form that somebody looks at."""


Guard = Callable[[Any, str, Asked], Awaitable[None]]
"""(form, verb, asked): what a form itself cannot tell without its store or the time of day. Refuses as the verb does."""


async def no_guard(form: Approval, verb: str, asked: Asked) -> None:
    """Where a form tells all there is."""


class PossibleStep(Answer):
    """One step of a form."""

    verb: str = Field(description="步骤 · the step")
    may: bool = Field(
        description="您现在能否办理；内容是否符合规定，办理时再查 · whether you may take it now; what the form "
        "says is looked at when you do"
    )
    why: str = Field(description="不能办理的原因，能办理的为空 · why not; empty where you may")


async def possible(form: Approval, asked: Asked, guard: Guard = no_guard) -> list[PossibleStep]:
    """By state, role, whose turn it is, four eyes and training (R2); what these let through is asked of `guard`."""
    found: list[PossibleStep] = []
    for verb in (*form.STEPS, *form.BESIDES):
        if verb in NOT_OFFERED:
            continue
        one = step(verb, partial(form.may_take, verb), asked.by)
        if one.may:
            try:
                await guard(form, verb, asked)
            except Refused as why:
                one = PossibleStep(verb=verb, may=False, why=str(why))
        found.append(one)
    return found


def step(verb: str, guard: Callable[[Actor], None], by: Actor) -> PossibleStep:
    """guard: refuses whoever may not take it now."""
    try:
        guard(by)
        by.must_be_trained()
    except Refused as why:
        return PossibleStep(verb=verb, may=False, why=str(why))
    return PossibleStep(verb=verb, may=True, why="")
