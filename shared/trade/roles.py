"""The roles there are, and the machinery's own account."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    CENTRE_CLERK = "centre_clerk"
    CENTRE_APPROVER = "centre_approver"
    BRANCH_OFFICER = "branch_officer"
    STATION_CLERK = "station_clerk"
    STATION_HEAD = "station_head"
    AUDITOR = "auditor"  # reads everything below its body, changes nothing
    OPERATOR = "operator"  # runs the machines: parking, accounts, the first bodies; sees no people
    SERVICE = "service"  # one of our own services
    BRANCH_SYSTEM = (
        "branch_system"  # a branch centre's own software: reads what happens, fetches print files, enters parcels
    )


UNGATED = frozenset({Role.OPERATOR, Role.SERVICE, Role.BRANCH_SYSTEM})
"""Roles of machines and of whoever runs them: nobody trains them for the procedure (R2)."""

MACHINES = frozenset({Role.SERVICE, Role.BRANCH_SYSTEM})
"""Roles that nobody has who sits at a keyboard."""

NAMES: dict[Role, tuple[str, str]] = {
    Role.CENTRE_CLERK: ("中心经办人", "clerk of the Centre"),
    Role.CENTRE_APPROVER: ("中心审批人", "approver of the Centre"),
    Role.BRANCH_OFFICER: ("分中心工作人员", "officer of a branch centre"),
    Role.STATION_CLERK: ("鉴定站经办人", "clerk of a station"),
    Role.STATION_HEAD: ("鉴定站负责人", "head of a station"),
    Role.AUDITOR: ("审计员", "auditor"),
    Role.OPERATOR: ("运行管理员", "operator"),
    Role.SERVICE: ("本系统的服务", "one of our services"),
    Role.BRANCH_SYSTEM: ("分中心业务系统", "a branch centre's own software"),
}


def listed(roles: Iterable[Role]) -> str:
    """Roles to choose from, each as it is typed and what it means, in both languages."""
    chosen = sorted(roles)
    zh = "、".join(f"`{role.value}`（{NAMES[role][0]}）" for role in chosen)
    return f"可填 {zh} · one of {', '.join(f'`{role.value}` ({NAMES[role][1]})' for role in chosen)}"


OPERATOR = "operator"
"""The account of whoever runs the machines; provisioning keeps it."""
