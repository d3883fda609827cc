"""Somebody who may ask a given operation."""

from __future__ import annotations

from typing import Any

import httpx

from tests.access.actors import KNOCKERS
from tests.openapi.operations import Operation
from tests.world.house import House


def may(operation: Operation) -> str:
    """The account of the first that the access table lets in; empty for what is open to everybody."""
    row = operation.row
    return next(
        (
            one.account
            for one in KNOCKERS
            if one.role in row.roles and (not row.services or one.account in row.services)
        ),
        "",
    )


async def asked(house: House, operation: Operation, **content: Any) -> httpx.Response:
    who = may(operation)
    if not who:
        return await house.client.request(operation.method, operation.address(), **content)
    return await house.person(who).ask(operation.method, operation.address(), **content)
