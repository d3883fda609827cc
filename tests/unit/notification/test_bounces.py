"""What comes of a bounce: its letter's state, its mailbox's flag; and nothing of what nobody understands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notification.bounces.bounce import PUZZLING, SEEN_TO, Bounce
from services.notification.bounces.usecases import AT_ONCE, MOST, read_reports
from services.notification.contacts.contact import FLAGGED, IN_ORDER, Contact
from services.notification.mailings.mailing import DELIVERED, DUE, SENT, Mailing
from shared.actor import Actor
from shared.errors import Unavailable, WrongState
from shared.keeping import repository
from shared.ports import Record, every_record
from shared.ports.others.reports import Position, Reported
from shared.trade.undelivered import NO_SUCH_ADDRESS, NOT_ACCEPTING
from tests.unit.notification.occasions import BRANCH, STATION, TREE, post_room
from tests.unit.notification.test_reports import ID, OTHER, TO, dsn
from tests.world.clock import MORNING


class Mailbox:
    """It keeps what came, and is numbered like any."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.validity = 7
        self.asked = 0

    async def after(self, position: Position, most: int) -> Sequence[Reported]:
        self.asked += 1
        first = position.uid if position.validity == self.validity else 0
        numbered = list(enumerate(self.mails, 1))[first : first + most]
        return [Reported(Position(self.validity, uid), content) for uid, content in numbered]


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    async with post_room(tmp_path) as ports:
        yield ports


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


async def sent(ports: Any, id: str = ID, to: str = TO, state: str = SENT) -> Mailing:
    letter = Mailing(
        id=id,
        letter="returned",
        to=to,
        to_name="示例站",
        recipient=STATION,
        body=BRANCH,
        path=TREE[BRANCH],
        subject_of="x",
        fact="x",
        values={},
        planned_at=ports.clock.now(),
    )
    if state != DUE:
        letter.send(ports.clock.now())
    await repository.add(ports.store, letter)
    return letter


async def after_reading(ports: Any, mailbox: Mailbox, *mails: bytes, id: str = ID) -> Mailing:
    mailbox.mails += mails
    await read_reports(ports.store, mailbox, ports.clock.now())
    return await repository.load(ports.store, Mailing, id)


async def puzzles(ports: Any) -> list[str]:
    return [Bounce.from_record(one).because async for one in every_record(ports.store, Bounce.KIND)]


@pytest.mark.parametrize(
    ("mail", "state"),
    [
        (dsn(), NO_SUCH_ADDRESS),
        (dsn(status="5.2.2", said="smtp; 552 5.2.2 mailbox full"), NOT_ACCEPTING),
        (dsn("delivered", "2.0.0", "smtp; 250 ok"), DELIVERED),
        (dsn("delayed", "4.4.1", "smtp; 421 later"), SENT),
        (dsn(id=""), NO_SUCH_ADDRESS),
    ],
)
async def test_a_report_changes_its_letter_once(ports: Any, mailbox: Mailbox, mail: bytes, state: str) -> None:
    await sent(ports)
    letter = await after_reading(ports, mailbox, mail)
    assert letter.state == state
    again = await after_reading(ports, mailbox, mail)
    mailbox.validity = 8  # the mailbox is numbered anew, and all of it is read once more
    again = await after_reading(ports, mailbox)
    assert (again.state, again.version) == (state, letter.version)
    facts = [row.key for one in await ports.store.pending(100) for row in one.rows]
    assert facts == (["mailing.failed.v1"] if state in (NO_SUCH_ADDRESS, NOT_ACCEPTING) else [])


async def test_whoever_dies_between_reading_and_noting_it_reads_again(ports: Any, mailbox: Mailbox) -> None:
    await sent(ports)
    add = ports.store.add

    async def dies(kind: str, record: Record, *more: Any) -> bool:
        if kind == "bounce_position":
            raise Unavailable("gone")
        return bool(await add(kind, record, *more))

    ports.store.add = dies
    with pytest.raises(Unavailable):
        await after_reading(ports, mailbox, dsn(), b"puzzle")
    ports.store.add = add
    letter = await after_reading(ports, mailbox)
    assert letter.state == NO_SUCH_ADDRESS
    assert len(await puzzles(ports)) == 1


async def test_what_nobody_understands_is_kept_with_a_sentence_and_the_next_is_read(
    ports: Any, mailbox: Mailbox
) -> None:
    await sent(ports)
    await sent(ports, OTHER, "other@station.example")
    letter = await after_reading(
        ports,
        mailbox,
        b"\x00\xff" * 300,
        dsn(id="3c1f7d0e-6a55-5b0e-9a43-6d2f3f0c0a13"),
        dsn(original="victim@else.example", id=OTHER),
        dsn(id="", original="nobody@else.example"),
        dsn(),
    )
    assert letter.state == NO_SUCH_ADDRESS
    assert (await repository.load(ports.store, Mailing, OTHER)).state == SENT
    said = " ".join(await puzzles(ports))
    for words in ("not here", "did not go to", "none or several", "reports nothing"):
        assert words in said
    assert "example" not in said, "nothing of what a stranger wrote"


async def test_an_address_alone_says_nothing_where_several_letters_went(ports: Any, mailbox: Mailbox) -> None:
    await sent(ports)
    await sent(ports, OTHER)
    assert (await after_reading(ports, mailbox, dsn(id=""))).state == SENT
    ports.clock.advance(timedelta(days=7).total_seconds())
    assert (await after_reading(ports, mailbox, dsn(id=""))).state == SENT, "too long ago"
    assert len(await puzzles(ports)) == 2


async def test_a_report_of_an_earlier_attempt_says_nothing_of_this_one(ports: Any, mailbox: Mailbox) -> None:
    letter = await sent(ports)
    letter.attempt = 2
    await repository.save(ports.store, letter)
    assert (await after_reading(ports, mailbox, dsn())).state == SENT
    assert (await after_reading(ports, mailbox, dsn(id=f"{ID}.2"))).state == NO_SUCH_ADDRESS


async def test_a_receipt_takes_the_flag_off_the_mailbox(ports: Any, mailbox: Mailbox) -> None:
    contact = Contact(
        id=STATION,
        body=STATION,
        path=TREE[STATION],
        email=TO,
        cause=NOT_ACCEPTING,
        because="full",
        mailing="x",
        flagged_at=ports.clock.now(),
    )
    await repository.add(ports.store, contact)
    await sent(ports)  # at the same moment, so it says nothing newer
    await after_reading(ports, mailbox, dsn("delivered", "2.0.0", "smtp; 250 ok"))
    assert (await repository.load(ports.store, Contact, STATION)).state == FLAGGED
    ports.clock.advance(60)
    await sent(ports, OTHER)
    await after_reading(ports, mailbox, dsn("delivered", "2.0.0", "smtp; 250 ok", id=OTHER), id=OTHER)
    assert (await repository.load(ports.store, Contact, STATION)).state == IN_ORDER


async def test_a_full_mailbox_is_read_portion_by_portion_and_each_mail_once(ports: Any, mailbox: Mailbox) -> None:
    await sent(ports)
    await after_reading(ports, mailbox, *[b"From: a@b\r\n\r\nx"] * (2 * AT_ONCE + 1))
    assert (len(await puzzles(ports)), mailbox.asked) == (2 * AT_ONCE + 1, 3)
    assert await read_reports(ports.store, mailbox, ports.clock.now()) == 0


async def test_after_a_bulk_the_clock_gets_to_its_other_questions(ports: Any, mailbox: Mailbox) -> None:
    mailbox.mails = [b""] * 10_000
    looks = 0
    while await read_reports(ports.store, mailbox, ports.clock.now()):
        looks += 1
    assert (looks, mailbox.asked) == (10_000 // MOST, 10_000 // AT_ONCE + 1)


async def test_a_letter_that_cannot_be_read_keeps_no_report_of_others(ports: Any, mailbox: Mailbox) -> None:
    await sent(ports)
    await ports.store.add(Mailing.KIND, Record(OTHER, {"state": SENT, "attempt": "none"}))
    assert (await after_reading(ports, mailbox, dsn(id=OTHER), dsn())).state == NO_SUCH_ADDRESS
    assert ["could not be recorded" in one for one in await puzzles(ports)] == [True]


def test_whoever_looked_at_a_mail_says_so_once() -> None:
    by = Actor("l.wei", "李伟", "49000001", "/49000001/", frozenset())
    bounce = Bounce(id="bounce-7-1", uid=1, because="x", read_at=MORNING)
    assert bounce.state == PUZZLING
    bounce.see_to(by, MORNING)
    assert (bounce.state, bounce.history[-1].by) == (SEEN_TO, "l.wei")
    with pytest.raises(WrongState):
        bounce.see_to(by, MORNING)
