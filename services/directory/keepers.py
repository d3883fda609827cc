"""Which roles keep what in the directory: said once, for the access table and for the guards of the verbs."""

from __future__ import annotations

from shared.trade.roles import Role

REGISTRARS = (Role.OPERATOR, Role.CENTRE_CLERK)
"""Bodies and their entries, accounts, training records."""

INSPECTORS = (Role.CENTRE_CLERK, Role.CENTRE_APPROVER)
"""Annual inspections."""

PERSON_KEEPERS = (Role.CENTRE_CLERK, Role.BRANCH_OFFICER)
"""Examiners; quality supervisors are the Centre's clerk's alone (rules §4.4)."""
