"""The document says who may ask, out of the table that guards the door."""

from __future__ import annotations

import pytest

from shared.trade.roles import Role
from tests.openapi.operations import DOCUMENTS, OPERATIONS, Operation
from tests.world.topology import SERVICES


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_roles_are_those_of_the_table(operation: Operation) -> None:
    told, row = operation.told, operation.row
    assert told["x-roles"] == [role.value for role in Role if role in row.roles]
    assert told.get("x-services", []) == list(row.services)
    assert told["security"] == ([{"HTTPBearer": []}] if row.roles else [])


@pytest.mark.parametrize("service", SERVICES)
def test_how_to_sign_in_is_told(service: str) -> None:
    scheme = DOCUMENTS[service]["components"]["securitySchemes"]["HTTPBearer"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_some_rows_said_by_hand() -> None:
    told = {str(one): (one.told["x-roles"], one.told.get("x-services")) for one in OPERATIONS}
    assert told["POST /plan/annual-plans/{id}/approval"] == (["centre_approver"], None)
    assert told["GET /plan/windups/preview"] == (["service"], ["supervision"])
    assert told["GET /directory/ended-access"] == (["service"], None)
    assert told["POST /directory/tokens"] == ([], None)
