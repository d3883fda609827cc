"""What strangers ask most is looked for before everything else that the service answers."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute

from tests.world.house import House


async def test_a_verification_is_found_before_all_else(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    matches = APIRoute.matches

    def recorded(route: APIRoute, scope: Any) -> Any:
        looked_at.append(route.path)
        return matches(route, scope)

    monkeypatch.setattr(APIRoute, "matches", recorded)
    asked = {"number": "2649053012400001", "name": "张伟"}
    answer = await house.client.post("/certificate/verifications", json=asked)
    assert answer.json()["outcome"] == "no_match"
    assert set(looked_at) == {"/verifications"}
