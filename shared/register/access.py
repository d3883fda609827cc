"""Who may call an endpoint: a row per endpoint, from which the endpoint itself is guarded."""

from __future__ import annotations

from dataclasses import dataclass

from shared.trade.roles import Role

EVERYBODY = frozenset(Role)
OFFICERS = frozenset(
    {Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER, Role.CENTRE_CLERK, Role.CENTRE_APPROVER}
)
READERS = OFFICERS | {Role.AUDITOR}
COUNTED = READERS | {Role.BRANCH_SYSTEM}
"""What names no candidate, a branch centre's own software reads too."""


@dataclass(frozen=True, slots=True)
class Row:
    """roles: who may call. services: where SERVICE is among the roles, which of ours; none named: any of them.
    own: concerns nothing but the caller's own sign-in, so no gate (training, practice) is asked.

    fresh: people have to have proved who they are within the last minutes (shared.actor.FRESH): for what takes two people, and
    where identity numbers stand in full (docs/decisions/0057)."""

    roles: frozenset[Role]
    services: tuple[str, ...] = ()
    own: bool = False
    fresh: bool = False


PUBLIC = Row(frozenset())
"""Open on purpose."""

Access = dict[str, Row]
"""`GET /rosters/{id}` → who may; paths as the service itself knows them, without its own name in front."""


def only(*roles: Role, services: tuple[str, ...] = (), fresh: bool = False) -> Row:
    return Row(frozenset(roles), services, fresh=fresh)


def approval(
    path: str, submitters: frozenset[Role], readers: frozenset[Role] = EVERYBODY, *, fresh: bool = False
) -> Access:
    """The steps of a form on its way up (shared.procedure.approval). fresh: whether the approval is for good."""
    return {
        f"GET {path}/{{id}}/steps": Row(readers),
        f"POST {path}/{{id}}/submission": Row(submitters),
        f"POST {path}/{{id}}/endorsement": only(Role.BRANCH_OFFICER),
        f"POST {path}/{{id}}/approval": only(Role.CENTRE_APPROVER, fresh=fresh),
        f"POST {path}/{{id}}/return": only(Role.BRANCH_OFFICER, Role.CENTRE_APPROVER),
        f"POST {path}/{{id}}/withdrawal": Row(submitters | {Role.BRANCH_OFFICER}),
        f"POST {path}/{{id}}/discarding": Row(submitters),
    }


MACHINERY: Access = {
    "GET /parked": only(Role.OPERATOR),
    "GET /parked/{id}": only(Role.OPERATOR),
    "POST /parked/{id}/replay": only(Role.OPERATOR),
    "POST /parked/{id}/discard": only(Role.OPERATOR),
    "GET /audit": only(Role.AUDITOR),
    "GET /documents": only(Role.SERVICE, services=("directory",)),
}
"""What every service has besides its own."""

WIND_UP: Access = {
    "GET /windups/preview": only(Role.SERVICE, services=("supervision",)),
    "GET /windups/{sanction}": only(Role.SERVICE, services=("supervision",)),
}
"""What every service has that carries out its part of a revocation."""
