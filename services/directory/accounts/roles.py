"""Which roles there are at which kind of body, and who keeps accounts."""

from __future__ import annotations

from collections.abc import Iterable

from services.directory.keepers import REGISTRARS
from shared.actor import Actor
from shared.errors import Invalid, Problem
from shared.trade.body_words import KINDS
from shared.trade.roles import NAMES, Role, listed

ROLES_AT: dict[str, frozenset[Role]] = {
    "centre": frozenset({Role.CENTRE_CLERK, Role.CENTRE_APPROVER, Role.AUDITOR}),
    "branch": frozenset({Role.BRANCH_OFFICER, Role.AUDITOR}),
    "station": frozenset({Role.STATION_CLERK, Role.STATION_HEAD}),
}

THE_DIRECTORY = Actor("directory", "directory", "", "/", frozenset({Role.SERVICE}))
"""Who acts where nobody is signed in: it locks, and makes new keys when the time has come."""


def distinct(roles: Iterable[Role]) -> list[Role]:
    return list(dict.fromkeys(roles))


def must_keep(by: Actor, roles: Iterable[Role]) -> None:
    """SERVICE: the wind-up of a body closes and moves its accounts.

    Whoever keeps accounts must not make, or become, the approver of their own work (rules §8). Raises NotAllowed."""
    by.must_be(*REGISTRARS, Role.SERVICE)
    if Role.CENTRE_APPROVER in roles:
        by.must_be(Role.OPERATOR, Role.SERVICE)


def _no_such(body_kind: str, role: Role) -> str:
    zh, en = KINDS[body_kind]
    return f"{zh}没有{NAMES[role][0]}这一角色 · a {en} has no {NAMES[role][1]}"


def must_exist_at(body_kind: str, roles: Iterable[Role]) -> None:
    """Raises Invalid, naming every role that this kind of body lacks, and a pair that nobody may hold alone."""
    wanted, known = tuple(roles), ROLES_AT.get(body_kind, frozenset())
    wrong = [Problem("/roles", _no_such(body_kind, role), listed(known)) for role in wanted if role not in known]
    if {Role.CENTRE_CLERK, Role.CENTRE_APPROVER} <= set(
        wanted
    ):  # who keeps accounts, makes and posts, does not approve
        wrong.append(Problem("/roles", "经办与批准须由两人担任 · clerk and approver are two persons (rules §8)"))
    if wrong:
        raise Invalid("角色有误 · roles that cannot be held like this", wrong)
