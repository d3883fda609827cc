"""The tables of the runbook against the code: containers, and the roles with where they are and who opens their accounts."""

from __future__ import annotations

import re

import pytest

from services.directory.accounts.roles import ROLES_AT, must_keep
from services.directory.keepers import REGISTRARS
from shared.actor import Actor
from shared.errors import NotAllowed
from shared.trade.roles import NAMES, OPERATOR, Role
from tests.rules.bilingual_pages import sections_of
from tests.rules.test_compose import CONTAINERS, ROOT

PAGES = {"docs/runbook.md": 1, "docs/runbook.zh-CN.md": 0}
"""Page → its place in the names of a role."""
MADE_BY_THE_SYSTEM = {Role.OPERATOR, Role.SERVICE}
AT_A_BRANCH = {Role.BRANCH_SYSTEM}  # `Account.open_machine` opens it nowhere else


def table(page: str, first: str) -> list[list[str]]:
    """Rows of the table in which some row begins with this cell."""
    tables = [one for section in sections_of((ROOT / page).read_text(encoding="utf-8")) for one in section.tables]
    return next(one for one in tables if any(row[0] == first for row in one))


def code(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def may_open(opener: Role, role: Role) -> bool:
    try:
        must_keep(Actor("somebody", "", "", "/", frozenset({opener})), [role])
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize("page", PAGES)
def test_every_container_is_named(page: str) -> None:
    named = set().union(*(code(row[0]) for row in table(page, "`gateway`")))
    assert named == set(CONTAINERS)


@pytest.mark.parametrize("page", PAGES)
def test_every_role_stands_there_with_its_name(page: str) -> None:
    rows = {row[0].strip("`"): row[1] for row in table(page, f"`{OPERATOR}`")[1:]}
    assert rows == {role.value: NAMES[role][PAGES[page]] for role in Role}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_at_the_bodies_that_have_it_and_opened_by_who_may(page: str, role: Role) -> None:
    _, _, at, _, opened_by = next(row for row in table(page, f"`{OPERATOR}`") if row[0] == f"`{role.value}`")
    kinds = {kind for kind, roles in ROLES_AT.items() if role in roles} | ({"branch"} if role in AT_A_BRANCH else set())
    assert code(at) == kinds
    openers = {one.value for one in REGISTRARS if may_open(one, role)}
    assert code(opened_by) == (set() if role in MADE_BY_THE_SYSTEM else openers)
