"""The way of every form: station → its branch (endorses) → Centre (approves); back one step with a reason (R5).

A body directly under the Centre has no branch in between. Annual plans, session plans, rosters and work reports all go
this way. The table `WAY` says who takes which step; the two halves of the runner, `_may` and `_take`, read it. What is a
form's own (is it complete? what does an approval settle?) stands in the hooks between them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.actor import Actor
from shared.contracts.envelope import Fact
from shared.errors import Invalid, NotAllowed
from shared.keeping.aggregate import Aggregate
from shared.trade.body_path import BodyPath
from shared.trade.roles import Role

DRAFT, SUBMITTED, ENDORSED, APPROVED, RETURNED = "draft", "submitted", "endorsed", "approved", "returned"
STATES = (DRAFT, SUBMITTED, ENDORSED, APPROVED, RETURNED)
VERBS = ("submit", "endorse", "approve", "send_back")
"""The steps that others are told of, each by a fact."""

BY_ACTS: Mapping[str, tuple[str, ...]] = {
    "prepared_by": ("draft", "revise", "import"),
    "submitted_by": ("submit",),
    "endorsed_by": ("endorse",),
}
"""Signature → the acts behind it. The field keeps who signed last; the history knows everybody (docs/decisions/0030)."""

MAKERS = (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER)
"""Who prepares and submits the forms of their own body."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table. Every step is the turn of the body on whose desk the form lies (`Approval.at_desk`).

    leads: from which state to which. direct: the same for a body directly under the Centre, where it differs.
    of_branch: there is no such step without a branch centre in between.
    signs: the field that keeps who took the step; clears: fields that say nothing any more after it.
    not_by: whoever ever gave one of these signatures must leave it to somebody else (four eyes, rules §8), because of
    `why`."""

    leads: Mapping[str, str]
    roles: tuple[Role, ...]
    direct: Mapping[str, str] | None = None
    of_branch: bool = False
    signs: str = ""
    clears: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    why: str = ""


WAY: Mapping[str, Step] = {
    "revise": Step(
        {DRAFT: DRAFT, RETURNED: RETURNED},
        MAKERS,
        signs="prepared_by",
    ),
    "submit": Step(
        {DRAFT: SUBMITTED, RETURNED: SUBMITTED},
        MAKERS,
        signs="submitted_by",
        clears=("endorsed_by", "returned_because"),
    ),
    "endorse": Step(
        {SUBMITTED: ENDORSED},
        (Role.BRANCH_OFFICER,),
        of_branch=True,
        signs="endorsed_by",
        not_by=("prepared_by", "submitted_by"),
        why="who prepared or submitted may not endorse",
    ),
    "approve": Step(
        {ENDORSED: APPROVED},
        (Role.CENTRE_APPROVER,),
        direct={SUBMITTED: APPROVED},
        not_by=("prepared_by", "submitted_by", "endorsed_by"),
        why="who prepared, submitted or endorsed may not approve",
    ),
    "send_back": Step(
        {ENDORSED: SUBMITTED, SUBMITTED: RETURNED},
        (Role.BRANCH_OFFICER, Role.CENTRE_APPROVER),
        clears=("endorsed_by",),
    ),
}

TAKEN_OVER: Mapping[str, str] = {
    DRAFT: DRAFT,
    RETURNED: RETURNED,
    SUBMITTED: RETURNED,
    ENDORSED: RETURNED,
    APPROVED: APPROVED,
}
"""Where a form lies for the body that takes it over from a revoked one (rules §4.9): what was on its way is on that body's
desk, whose people have to answer for it, and so submit it anew."""


class Approval(Aggregate):
    """A document on its way up. `body` made it; `path` is that body's path."""

    body: str
    path: str
    state: str = DRAFT
    prepared_by: str
    submitted_by: str = ""
    endorsed_by: str = ""
    returned_because: str = ""

    @property
    def branch(self) -> str | None:
        """The branch centre that must endorse, if the body stands under one."""
        return BodyPath.read(self.path).branch

    @property
    def centre(self) -> str:
        return BodyPath.read(self.path).centre

    @property
    def at_desk(self) -> str:
        """The body whose turn it is; the making body again once approved."""
        match self.state:
            case "submitted":
                return self.branch or self.centre
            case "endorsed":
                return self.centre
        return self.body

    @property
    def on_hand(self) -> bool:
        """Handed in, and not lying at the body again."""
        return self.state not in (DRAFT, RETURNED)

    # --- what each form says for itself -------------------------------------------------------------------------------

    @abstractmethod
    def fact_of(self, verb: str) -> Fact:
        """The fact a verb causes, built from the state after it. verb: one of VERBS."""

    def ready_to_submit(self) -> None:
        """Raises Invalid when something is missing. Overridden where there is something to check."""

    def approving(self, at: datetime) -> None:
        """What an approval settles besides the state. Overridden where there is something."""

    # --- the verbs: each raises WrongState, then NotAllowed (role, body, four eyes), as the table says ------------------

    def revise(self, by: Actor, at: datetime, **content: object) -> None:
        """修改, as long as it lies on the desk of the body that made it (R5). content: new values of its own fields.

        Raises WrongState, NotAllowed."""
        self._may("revise", by)
        for field, value in content.items():
            setattr(self, field, value)
        self._take("revise", by, at)

    def submit(self, by: Actor, at: datetime) -> None:
        """呈报 (R5). Raises WrongState, NotAllowed, Invalid."""
        self._may("submit", by)
        self.ready_to_submit()
        self._take("submit", by, at)

    def endorse(self, by: Actor, at: datetime) -> None:
        """分中心审核同意 (R5). Only for bodies under a branch centre. Raises WrongState, NotAllowed."""
        self._may("endorse", by)
        self._take("endorse", by, at)

    def approve(self, by: Actor, at: datetime) -> None:
        """中心批准 (R5). Without a branch in between, straight from submitted. Raises WrongState, NotAllowed."""
        self._may("approve", by)
        self.approving(at)
        self._take("approve", by, at)

    def send_back(self, by: Actor, at: datetime, reason: str) -> None:
        """退回, one step: from the Centre to the branch, from the first reviewer to the making body (R5).

        Raises WrongState, NotAllowed, Invalid without a reason."""
        self._may("send_back", by)
        if not reason.strip():
            raise Invalid("退回须说明理由 · a return needs a reason")
        self.returned_because = reason.strip()
        self._take("send_back", by, at, reason.strip())

    def step(self, verb: str, by: Actor, at: datetime, reason: str = "") -> None:
        """A verb by its name, one of VERBS; `reason` counts for `send_back` only. Raises what the verb raises."""
        if verb == "send_back":
            self.send_back(by, at, reason)
        else:
            {"submit": self.submit, "endorse": self.endorse, "approve": self.approve}[verb](by, at)

    # --- the runner ---------------------------------------------------------------------------------------------------

    def _leads(self, step: Step) -> Mapping[str, str]:
        return step.leads if step.direct is None or self.branch else step.direct

    def _may(self, verb: str, by: Actor) -> None:
        """The guards of a row: state, then role, desk and four eyes. Raises WrongState, NotAllowed."""
        step = WAY[verb]
        self.only_when(verb, *self._leads(step))
        if step.of_branch and self.branch is None:
            raise NotAllowed(f"{self.body} stands directly under the Centre: there is no branch to {verb}")
        by.must_be(*step.roles)
        by.must_sit_at(self.at_desk)
        by.must_not_be({id for field in step.not_by for id in self._signed(field)}, step.why)

    def _signed(self, field: str) -> set[str]:
        """Everybody who ever gave this signature: whoever gave it last, and those before, whose work may still be in it."""
        return {getattr(self, field), *self.whoever(*BY_ACTS[field])}

    def _take(self, verb: str, by: Actor, at: datetime, reason: str = "") -> None:
        """What a row leaves behind: the signature, the next state, and the fact if others are told."""
        step = WAY[verb]
        for field in step.clears:
            setattr(self, field, "")
        if step.signs:
            setattr(self, step.signs, by.id)
        self.move(verb, self._leads(step)[self.state], by, at, reason)
        if verb in VERBS:
            self.note(self.fact_of(verb), at)
