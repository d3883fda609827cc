"""A house at whose doors somebody of every role knocks."""

from __future__ import annotations

import pytest

from tests.access.actors import open_accounts
from tests.world.house import House


@pytest.fixture
async def doors(bare_house: House) -> House:
    await open_accounts(bare_house)
    return bare_house
