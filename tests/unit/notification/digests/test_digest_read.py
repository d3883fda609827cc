"""The digest of a day, read where its office signs in: as it was sent; where none was made, as it would be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.notification.digests.usecases import gathering, reading
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.usecases.delivering import deliver
from services.notification.mailings.usecases.planning import plan_letters
from services.runtime.catalogue import REGISTER
from shared.actor import Actor
from shared.errors import NotFound
from shared.trade.deadline import CHINA
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from tests.unit.notification.occasions import BRANCH, CENTRE, OTHER_BRANCH, TREE, happened, mailings, office, post_room
from tests.world.hearing import hear_of_body

WRITER = LetterWriter(REGISTER.templates.values())
AT = "08:30"
FRIDAY, MONDAY = date(2026, 4, 10), date(2026, 4, 13)
TWO = ("annual_plan.submitted.v1", "session_plan.submitted.v1")
"""Each makes a letter to the branch."""


@pytest.fixture(params=[AT, ""], ids=["gathered", "each by itself"])
async def ports(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    async with post_room(tmp_path, digest_at=request.param) as room:
        go_to(room, FRIDAY, "15:00")
        for n, fact in enumerate(TWO, 1):
            await plan_letters(room, happened(fact, n))
        room.is_gathered = bool(request.param)
        yield room


def go_to(ports: Any, day: date, time: str) -> None:
    moment = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=CHINA)
    ports.clock.advance((moment - ports.clock.now()).total_seconds())


def by(body: str = BRANCH) -> Actor:
    return Actor("l.hua", "李华", body, TREE[body], frozenset({Role.BRANCH_OFFICER}))


async def hand_over(ports: Any) -> None:
    for mailing in await mailings(ports):
        if mailing.state == "due":
            await deliver(ports, WRITER, "鉴定中心 <no-reply@jianding.example>", mailing.id)


async def test_what_was_told_of_a_day_is_read_again(ports: Any) -> None:
    await hand_over(ports)
    before = await reading.read(ports, WRITER, by(), FRIDAY)
    assert (before.gathered, before.count) == (False, 2)
    assert before.subject.startswith("2026年4月10日事项汇总：待审核 2 件 · ")
    assert "2026年4月28日" not in before.text and "/session-plans/49053012-2026-001" in before.text
    assert before == await reading.read(ports, WRITER, by(), FRIDAY)
    if not ports.is_gathered:
        return
    go_to(ports, MONDAY, AT)
    await gathering.gather(ports, WRITER, AT, ports.clock.now())
    await hand_over(ports)
    (message,) = ports.mailer.letters
    after = await reading.read(ports, WRITER, by(), MONDAY)
    assert (after.gathered, after.count) == (True, 2)
    assert (after.subject, after.text.split()) == (
        message["Subject"],
        message.get_body(("plain",)).get_content().split(),
    )


async def test_nobody_reads_that_of_another_office(ports: Any) -> None:
    await hand_over(ports)
    practising = Actor("l.hua", "李华", twin(BRANCH), twin_path(TREE[BRANCH]), frozenset({Role.BRANCH_OFFICER}))
    for other in (by(OTHER_BRANCH), by(CENTRE), practising):
        with pytest.raises(NotFound):
            await reading.read(ports, WRITER, other, FRIDAY)
    with pytest.raises(NotFound):
        await reading.read(ports, WRITER, by(), MONDAY if not ports.is_gathered else date(2026, 4, 14))
    nowhere = Actor("operator", "运行管理员", "", "/", frozenset({Role.OPERATOR}))
    with pytest.raises(NotFound):
        await reading.read(ports, WRITER, nowhere, FRIDAY)


async def test_whoever_says_that_the_mailbox_is_theirs_reads_no_more(ports: Any) -> None:
    """An office names its contact itself."""
    await hand_over(ports)
    await hear_of_body(ports.store, OTHER_BRANCH, TREE[OTHER_BRANCH], kind="branch", contact_email=office(BRANCH))
    go_to(ports, MONDAY, AT)
    await gathering.gather(ports, WRITER, AT, ports.clock.now())
    for day in (FRIDAY, MONDAY):
        with pytest.raises(NotFound):
            await reading.read(ports, WRITER, by(OTHER_BRANCH), day)


async def test_what_goes_out_at_once_is_in_none(ports: Any) -> None:
    await plan_letters(ports, happened("roster.returned.v1", 3, at_desk=BRANCH))
    await hand_over(ports)
    assert (await reading.read(ports, WRITER, by(), FRIDAY)).count == 2
