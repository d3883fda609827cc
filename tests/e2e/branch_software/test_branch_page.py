"""docs/branch-centres.md does what it says: its commands are typed, its check of signatures is run."""

from __future__ import annotations

import asyncio
import json
import os
import re
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from services.demo.cast import BRANCHES
from tests.world.fixtures import OpenHouse
from tests.world.seeding import CLERK
from tests.world.sockets import served

PAGE = (Path(__file__).parents[3] / "docs" / "branch-centres.md").read_text(encoding="utf-8")
MACHINE, BRANCH = "east.system", BRANCHES[0].code


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


async def typed(command: str, **environment: str) -> Any:
    process = await asyncio.create_subprocess_shell(command, stdout=PIPE, env=os.environ | environment)
    said, _ = await process.communicate()
    assert process.returncode == 0, command
    return json.loads(said)


async def test_its_commands_lead_a_newcomer_into_the_feed(open_house: OpenHouse) -> None:
    house = open_house()
    content = {"id": MACHINE, "name": "东方分中心业务系统", "body": BRANCH}
    secret = (await house.person(CLERK).create("/directory/machines", content, "m"))["secret"]
    sign_in, position, read_on = blocks("sh")[:3]
    async with served(house.app) as there:
        where = {"URL": f"http://127.0.0.1:{there.port}", "ACCOUNT": MACHINE, "BRANCH_SECRET": secret}
        where["TOKEN"] = (await typed(sign_in, **where))["access_token"]
        began = await typed(position, **where)
        assert began["id"].startswith(f"{BRANCH}/") and began["lists"]
        page = await typed(read_on, **where)
        assert page[0]["id"] == f"{BRANCH}/18"


VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""Published with Standard Webhooks; the first signature is another key's, while keys change."""
SECRET, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'


def test_its_check_of_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    told: dict[str, Any] = {}
    exec(code, told)
    now = float(VECTOR["webhook-timestamp"])
    monkeypatch.setattr(told["time"], "time", lambda: now)
    is_genuine = told["is_genuine"]
    assert is_genuine(SECRET, VECTOR, BODY)
    assert not is_genuine(SECRET, VECTOR, BODY + b" ")
    assert not is_genuine(SECRET, VECTOR | {"webhook-id": "msg_other"}, BODY)
    now += 301
    assert not is_genuine(SECRET, VECTOR, BODY), "an old one, sent again by somebody else"
