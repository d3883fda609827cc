"""The way of every form: station → its branch (endorses) → Centre (approves); back one step with a reason (R5).

Whoever handed a form on may take it back as long as the office above has not acted on it; what lies at its own body may be
given up.

A body directly under the Centre has no branch in between. Annual plans, session plans, rosters and work reports all go
this way. The table `WAY` says who takes which step; the two halves of the runner, `_may` and `_take`, read it. What is a
form's own (is it complete? what does an approval settle?) stands in the hooks between them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from shared.actor import Actor
from shared.contracts.envelope import Fact
from shared.errors import Invalid, NotAllowed
from shared.keeping.aggregate import Aggregate
from shared.procedure.exceptions import Granted, Needed, entry_of, granted
from shared.trade.body_path import BodyPath
from shared.trade.roles import Role

DRAFT, SUBMITTED, ENDORSED, APPROVED, RETURNED = "draft", "submitted", "endorsed", "approved", "returned"
DISCARDED = "discarded"
STATES = (DRAFT, SUBMITTED, ENDORSED, APPROVED, RETURNED, DISCARDED)
VERBS = ("submit", "endorse", "approve", "send_back", "withdraw", "discard")
"""The steps that others are told of, each by a fact."""

BY_ACTS: Mapping[str, tuple[str, ...]] = {
    "prepared_by": ("draft", "redraft", "amend", "revise", "import"),
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
    `why`.
    takes_back: in each of its states, the act that is undone, and the signature that goes with it: only who gave it may
    undo it, and only while it is the last that was done. The turn is theirs then, not the desk's."""

    leads: Mapping[str, str]
    roles: tuple[Role, ...]
    direct: Mapping[str, str] | None = None
    of_branch: bool = False
    signs: str = ""
    clears: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    why: str = ""
    takes_back: Mapping[str, tuple[str, str]] | None = None


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
        why="编制或呈报过的人不得审核 · who prepared or submitted may not endorse",
    ),
    "approve": Step(
        {ENDORSED: APPROVED},
        (Role.CENTRE_APPROVER,),
        direct={SUBMITTED: APPROVED},
        not_by=("prepared_by", "submitted_by", "endorsed_by"),
        why="编制、呈报或审核过的人不得批准 · who prepared, submitted or endorsed may not approve",
    ),
    "send_back": Step(
        {ENDORSED: SUBMITTED, SUBMITTED: RETURNED},
        (Role.BRANCH_OFFICER, Role.CENTRE_APPROVER),
        clears=("endorsed_by",),
    ),
    "withdraw": Step(
        {SUBMITTED: DRAFT, ENDORSED: SUBMITTED},
        MAKERS,
        direct={SUBMITTED: DRAFT},
        takes_back={SUBMITTED: ("submit", "submitted_by"), ENDORSED: ("endorse", "endorsed_by")},
    ),
    "discard": Step(
        {DRAFT: DISCARDED, RETURNED: DISCARDED},
        MAKERS,
        clears=("returned_because",),
    ),
    "redraft": Step(
        {DISCARDED: DRAFT},
        MAKERS,
        signs="prepared_by",
        clears=("submitted_by",),
    ),
}

NEXT: Mapping[str, str] = {
    DRAFT: "先呈报；等待不会有变化 · submit it first; waiting does not help",
    RETURNED: "修改后重新呈报 · revise it, then submit it again",
    SUBMITTED: "上级办理前可由呈报人撤回，或请上级退回 · until the office above acts, who submitted it may withdraw it; "
    "or ask for a return",
    ENDORSED: "待中心办理；须修改的，请分中心撤回或请中心退回 · it is the Centre's turn; to change it, the branch withdraws "
    "its endorsement or the Centre returns it",
    APPROVED: "不再更改 · it stays as it is",
    DISCARDED: "可重新编制 · another one may be drafted in its place",
}
"""State → what there is to do, for whoever asks for something else."""

_ACTED_ON = ("已由上级办理", "was acted on by the office above")
_WAITS = "先由编制机构呈报；等待不会有变化 · its body has to submit it first; waiting does not help"
EARLY: Mapping[str, str] = {
    "endorse": _WAITS,
    "approve": _WAITS,
    "send_back": _WAITS,
    "withdraw": "无须撤回：可修改、呈报或作废草稿 · nobody was handed it: revise it, submit it, or give the draft up",
}
"""Verb → what there is to do while the form still lies at its own body."""

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
    """A document on its way up. `body` made it; `path` is that body's path.

    STEPS, NEXT, EARLY: the table, and what there is to do in a state, where a form has more of its own. BESIDES: its verbs
    that are no rows of the table and have their own doors; `may_take` knows their guards too."""

    STEPS: ClassVar[Mapping[str, Step]] = WAY
    BESIDES: ClassVar[tuple[str, ...]] = ()
    NEXT: ClassVar[Mapping[str, str]] = NEXT
    EARLY: ClassVar[Mapping[str, str]] = EARLY

    body: str
    path: str
    state: str = DRAFT
    prepared_by: str
    submitted_by: str = ""
    endorsed_by: str = ""
    returned_because: str = ""
    exceptions: list[Granted] = Field(default_factory=list)
    """What the Centre let through when it approved, and why; of every approval there was."""

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
    def desk_before(self) -> str:
        """The body right above the one where it lies now: that from whose desk it was taken back, or which returned it."""
        return self.centre if self.state == SUBMITTED else self.branch or self.centre

    @property
    def was_handed_in(self) -> bool:
        """At any time, so that somebody else knows of it."""
        return bool(self.whoever("submit"))

    @property
    def handed_in(self) -> datetime | None:
        """When it was handed in for the first time; None: never. A return does not undo it. What was taken back before
        the office above acted was not handed in."""
        standing: list[datetime] = []
        for entry in self.history:
            if entry.verb == "submit":
                standing.append(entry.at)
            elif entry.verb == "withdraw" and entry.from_state == SUBMITTED:
                standing.pop()
        return min(standing, default=None)

    @property
    def on_hand(self) -> bool:
        """Handed in, and not lying at the body again."""
        return self.state not in (DRAFT, RETURNED, DISCARDED)

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

    def approve(
        self, by: Actor, at: datetime, needed: Sequence[Needed] = (), reasons: Mapping[str, str] | None = None
    ) -> None:
        """中心批准 (R5). Without a branch in between, straight from submitted.

        needed: what has to be let through by an exception; reasons: by rule, why it is. Raises WrongState, NotAllowed,
        Invalid while a reason is missing."""
        self._may("approve", by)
        let_through = granted(needed, reasons or {}, by, at)
        self.exceptions += let_through
        self.approving(at)
        self._take("approve", by, at, entry_of(let_through))

    def send_back(self, by: Actor, at: datetime, reason: str) -> None:
        """退回, one step: from the Centre to the branch, from the first reviewer to the making body (R5).

        Raises WrongState, NotAllowed, Invalid without a reason."""
        self._may("send_back", by)
        if not reason.strip():
            raise Invalid("退回须说明理由 · a return needs a reason")
        self.returned_because = reason.strip()
        self._take("send_back", by, at, reason.strip())

    def withdraw(self, by: Actor, at: datetime, reason: str = "") -> None:
        """撤回, by who handed it on, as long as the office above has not acted on it. Raises WrongState, NotAllowed."""
        self._may("withdraw", by)
        self._take("withdraw", by, at, reason.strip())

    def discard(self, by: Actor, at: datetime, reason: str = "") -> None:
        """作废草稿: nothing comes of it. Another one may be drafted in its place. Raises WrongState, NotAllowed."""
        self._may("discard", by)
        self._take("discard", by, at, reason.strip())

    def redraft(self, by: Actor, at: datetime, **content: object) -> None:
        """重新编制 one that was discarded; its history goes on. content: values of its own fields.

        Raises WrongState, NotAllowed."""
        self._may("redraft", by)
        for field, value in content.items():
            setattr(self, field, value)
        self._take("redraft", by, at)

    def may_take(self, verb: str, by: Actor) -> None:
        """The guards of a verb alone, for whoever has more to look at before it is taken. Raises WrongState, NotAllowed."""
        self._may(verb, by)

    def step(
        self,
        verb: str,
        by: Actor,
        at: datetime,
        reason: str = "",
        needed: Sequence[Needed] = (),
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        """A verb by its name, one of VERBS; `reason` counts for a way back only, `needed` and `reasons` for the approval.
        Raises what the verb raises."""
        match verb:
            case "submit":
                self.submit(by, at)
            case "endorse":
                self.endorse(by, at)
            case "approve":
                self.approve(by, at, needed, reasons)
            case "send_back":
                self.send_back(by, at, reason)
            case "withdraw":
                self.withdraw(by, at, reason)
            case "discard":
                self.discard(by, at, reason)
            case _:
                raise ValueError(f"no step {verb}")

    # --- the runner ---------------------------------------------------------------------------------------------------

    def instead_of(self, verb: str) -> str:
        """For whoever is early, what has to come first; else what the state asks for."""
        if self.state in (DRAFT, RETURNED) and verb in self.EARLY:
            return self.EARLY[verb]
        if self.state == SUBMITTED and verb == "approve":
            return "先由分中心审核同意 · its branch centre has to endorse it first"
        return super().instead_of(verb)

    def _leads(self, verb: str) -> Mapping[str, str]:
        step = self.STEPS[verb]
        return step.leads if step.direct is None or self.branch else step.direct

    def _may(self, verb: str, by: Actor) -> None:
        """The guards of a row: state, then role, desk and four eyes. Raises WrongState, NotAllowed."""
        step = self.STEPS[verb]
        self.only_when(verb, *self._leads(verb))
        if step.of_branch and self.branch is None:
            raise NotAllowed(
                f"机构 {self.body} 直属中心，无须分中心审核，由中心直接办理 · body {self.body} stands directly under the Centre: "
                "there is no branch centre in between, and the Centre acts on it next"
            )
        by.must_be(*step.roles)
        if step.takes_back is None:
            by.must_sit_at(self.at_desk)
        else:
            self._may_take_back(*step.takes_back[self.state], by)
        by.must_not_be({id for field in step.not_by for id in self._signed(field)}, step.why)

    def _may_take_back(self, act: str, signature: str, by: Actor) -> None:
        """Raises NotAllowed, WrongState."""
        by.must_sit_at(self.body if signature == "submitted_by" else self.branch or self.centre)
        if by.id != getattr(self, signature):
            raise NotAllowed(
                "只能由原办理人撤回，或请上级退回 · only who handed it on may take it back; or ask for a return"
            )
        last = next((entry.verb for entry in reversed(self.history) if entry.from_state != entry.to_state), "")
        if last != act:
            raise self.wrong_state("withdraw", "请上级退回 · ask it for a return", found=_ACTED_ON)

    def _signed(self, field: str) -> set[str]:
        """Everybody who ever gave this signature: whoever gave it last, and those before, whose work may still be in it."""
        return {getattr(self, field), *self.whoever(*BY_ACTS[field])}

    def _take(self, verb: str, by: Actor, at: datetime, reason: str = "") -> None:
        """What a row leaves behind: the signature, the next state, and the fact if others are told."""
        step = self.STEPS[verb]
        undone = (step.takes_back[self.state][1],) if step.takes_back else ()
        for field in (*step.clears, *undone):
            setattr(self, field, "")
        if step.signs:
            setattr(self, step.signs, by.id)
        self.move(verb, self._leads(verb)[self.state], by, at, reason)
        if verb in VERBS:
            self.note(self.fact_of(verb), at)
