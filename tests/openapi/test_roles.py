"""The document says who may ask, out of the table that guards the door."""

from __future__ import annotations

import pytest

from shared.trade.roles import Role
from tests.openapi.operations import DOCUMENTS, OPERATIONS, Operation
from tests.world.topology import INTERFACES


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_roles_are_those_of_the_table(operation: Operation) -> None:
    document, row = operation.document, operation.row
    assert document["x-roles"] == [role.value for role in Role if role in row.roles]
    assert document.get("x-services", []) == list(row.services)
    assert document.get("x-sign-in", "") == ("fresh" if row.fresh else "")
    assert document["security"] == ([{"HTTPBearer": []}] if row.roles else [])


@pytest.mark.parametrize("service", INTERFACES)
def test_how_to_sign_in_is_told(service: str) -> None:
    scheme = DOCUMENTS[service]["components"]["securitySchemes"]["HTTPBearer"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_some_rows_said_by_hand() -> None:
    asking = {str(one): (one.document["x-roles"], one.document.get("x-services")) for one in OPERATIONS}
    assert asking["POST /plan/annual-plans/{id}/approval"] == (["centre_approver"], None)
    assert asking["GET /plan/windups/preview"] == (["service"], ["supervision"])
    assert asking["GET /directory/ended-access"] == (["service"], None)
    assert asking["POST /directory/tokens"] == ([], None)
