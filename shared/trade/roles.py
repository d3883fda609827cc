"""The roles there are, and the machinery's own account."""

from __future__ import annotations

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
    BRANCH_SYSTEM = "branch_system"  # a branch centre's own software: reads what its officers read


UNGATED = frozenset({Role.OPERATOR, Role.SERVICE, Role.BRANCH_SYSTEM})
"""Roles without papers of the trade: nobody trains them for the procedure (R2)."""

OPERATOR = "operator"
"""The account of whoever runs the machines; provisioning keeps it."""
