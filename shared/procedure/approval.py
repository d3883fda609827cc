"""The way of every form: station → its branch (endorses) → Centre (approves); back one step with a reason (R5).

A body directly under the Centre has no branch in between. Annual plans, session plans and rosters all go this way.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime

from shared.actor import Actor
from shared.contracts.envelope import Fact
from shared.errors import Invalid, NotAllowed
from shared.keeping.aggregate import Aggregate
from shared.trade.roles import Role

DRAFT, SUBMITTED, ENDORSED, APPROVED, RETURNED = "draft", "submitted", "endorsed", "approved", "returned"
STATES = (DRAFT, SUBMITTED, ENDORSED, APPROVED, RETURNED)
VERBS = ("submit", "endorse", "approve", "send_back")

_DESK_ROLES = (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER)


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
    def chain(self) -> list[str]:
        """The bodies it passes: the making body first, the Centre last."""
        return self.path.strip("/").split("/")[::-1]

    @property
    def branch(self) -> str | None:
        """The branch centre that must endorse, if the body stands under one."""
        return self.chain[1] if len(self.chain) == 3 else None

    @property
    def centre(self) -> str:
        return self.chain[-1]

    @property
    def at_desk(self) -> str:
        """The body whose turn it is; the making body again once approved."""
        match self.state:
            case "submitted":
                return self.branch or self.centre
            case "endorsed":
                return self.centre
        return self.body

    @abstractmethod
    def fact_of(self, verb: str) -> Fact:
        """The fact a verb causes, built from the state after it. verb: one of VERBS."""

    def ready_to_submit(self) -> None:
        """Raises Invalid when something is missing. Overridden where there is something to check."""

    def revise(self, by: Actor, at: datetime, **content: object) -> None:
        """修改, as long as it lies on the desk of the body that made it. content: new values of its own fields."""
        self.only_when("revise", DRAFT, RETURNED)
        by.must_be(*_DESK_ROLES)
        by.must_sit_at(self.body)
        for field, value in content.items():
            setattr(self, field, value)
        self.prepared_by = by.id
        self.move("revise", self.state, by, at)

    def submit(self, by: Actor, at: datetime) -> None:
        """呈报."""
        self.only_when("submit", DRAFT, RETURNED)
        by.must_be(*_DESK_ROLES)
        by.must_sit_at(self.body)
        self.ready_to_submit()
        self.submitted_by, self.endorsed_by, self.returned_because = by.id, "", ""
        self._step("submit", SUBMITTED, by, at)

    def endorse(self, by: Actor, at: datetime) -> None:
        """分中心审核同意. Only for bodies under a branch centre."""
        self.only_when("endorse", SUBMITTED)
        if self.branch is None:
            raise NotAllowed(f"{self.body} stands directly under the Centre: there is no branch to endorse")
        by.must_be(Role.BRANCH_OFFICER)
        by.must_sit_at(self.branch)
        by.must_not_be((self.prepared_by, self.submitted_by), "who prepared or submitted may not endorse")
        self.endorsed_by = by.id
        self._step("endorse", ENDORSED, by, at)

    def approve(self, by: Actor, at: datetime) -> None:
        """中心批准. Without a branch in between, straight from submitted."""
        self.only_when("approve", ENDORSED if self.branch else SUBMITTED)
        by.must_be(Role.CENTRE_APPROVER)
        by.must_sit_at(self.centre)
        by.must_not_be(
            (self.prepared_by, self.submitted_by, self.endorsed_by),
            "who prepared, submitted or endorsed may not approve",
        )
        self.approving(at)
        self._step("approve", APPROVED, by, at)

    def approving(self, at: datetime) -> None:
        """What an approval settles besides the state. Overridden where there is something."""

    def send_back(self, by: Actor, at: datetime, reason: str) -> None:
        """退回, one step: from the Centre to the branch, from the first reviewer to the making body."""
        self.only_when("send_back", SUBMITTED, ENDORSED)
        by.must_be(Role.BRANCH_OFFICER, Role.CENTRE_APPROVER)
        by.must_sit_at(self.at_desk)
        if not reason.strip():
            raise Invalid("退回须说明理由 · a return needs a reason")
        self.returned_because, self.endorsed_by = reason.strip(), ""
        self._step("send_back", SUBMITTED if self.state == ENDORSED else RETURNED, by, at, reason.strip())

    def step(self, verb: str, by: Actor, at: datetime, reason: str = "") -> None:
        """A verb by its name, one of VERBS; `reason` counts for `send_back` only."""
        if verb == "send_back":
            self.send_back(by, at, reason)
        else:
            {"submit": self.submit, "endorse": self.endorse, "approve": self.approve}[verb](by, at)

    def _step(self, verb: str, to: str, by: Actor, at: datetime, reason: str = "") -> None:
        self.move(verb, to, by, at, reason)
        self.note(self.fact_of(verb), at)
