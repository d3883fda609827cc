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
from services.notification.queues.storage import TURN_LASTS
from services.notification.queues.usecases.filling import MACHINE_KNOWN_FOR, Filler
from tests.world.branches import PaperBranches
from tests.world.fixtures import OpenHouse
from tests.world.house import House
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
    answer = json.loads(said)
    assert "detail" not in answer, f"{command} is refused: {answer}"
    return answer


async def signed_in(house: House, port: int) -> dict[str, str]:
    """What the page wants in the environment."""
    content = {"id": MACHINE, "name": "东方分中心业务系统", "body": BRANCH}
    secret = (await house.person(CLERK).create("/directory/machines", content, "m"))["secret"]
    where = {"URL": f"http://127.0.0.1:{port}", "ACCOUNT": MACHINE, "BRANCH_SECRET": secret}
    return where | {"TOKEN": (await typed(blocks("sh")[0], **where))["access_token"]}


async def test_its_commands_lead_a_newcomer_into_the_feed(open_house: OpenHouse) -> None:
    house = open_house()
    position, read_on = blocks("sh")[1:3]
    async with served(house.app) as there:
        where = await signed_in(house, there.port)
        began = await typed(position, **where)
        assert began["id"].startswith(f"{BRANCH}/") and began["lists"]
        page = await typed(read_on, **where)
        assert page[0]["id"] == f"{BRANCH}/18"


async def test_its_commands_keep_a_webhook(open_house: OpenHouse) -> None:
    house = open_house()
    async with served(house.app) as there:
        where = await signed_in(house, there.port)
        make, ping = (block for block in blocks("sh") if "/notification/webhooks" in block)
        made = await typed(make, **where)
        assert (made["cursor"], made["secret"].startswith("whsec_")) == (17, True)
        assert (await typed(ping, **where, WEBHOOK=made["id"]))["status"] == 204
        assert house.receivers.calls[-1].event["type"] == "cn.jianding.webhook.ping.v1"


async def test_its_commands_keep_a_queue(open_house: OpenHouse) -> None:
    house, branches = open_house(bus="amqp://notification:secret@broker.example.org/core"), PaperBranches()

    async def look() -> None:
        house.clock.advance(TURN_LASTS.total_seconds() + MACHINE_KNOWN_FOR)
        store, neighbours = house.stores["notification"], house.neighbours["notification"]
        while await Filler(store, house.clock, branches, neighbours, "one").look():
            pass

    async with served(house.app) as there:
        where = await signed_in(house, there.port)
        ask, look_at = (block for block in blocks("sh") if "/notification/queues" in block and "ETAG" not in block)
        renew, withdraw = (block for block in blocks("sh") if "ETAG=" in block and "/queues/" in block)
        made = await typed(ask, **where)
        assert (made["id"], made["state"]) == (f"queue-{BRANCH}", "wanted") and made["password"]
        await look()
        shown = await typed(look_at, **where)
        assert (shown["state"], shown["lag"], "password" in shown) == ("open", 0, False)
        assert branches.ids(BRANCH)[0] == f"{BRANCH}/18"
        renewed = await typed(renew, **where)
        assert renewed["password"] != made["password"]
        assert (await typed(withdraw, **where))["state"] == "withdrawn"
        await look()
        assert branches.queues == {}
        again = withdraw.replace("withdrawal", "reopening").replace('{"reason": "停用"}', '{"after": 17}')
        assert (await typed(again, **where))["state"] == "wanted"


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
