"""The paper that a letter brings along."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import DUE, SENT
from services.notification.mailings.usecases.delivering import deliver
from services.notification.mailings.usecases.papers import LARGEST
from services.notification.mailings.usecases.planning import plan_letters
from services.runtime.catalogue import REGISTER
from shared.contracts.supervision import SanctionPaper
from shared.errors import Unavailable
from tests.unit.notification.occasions import happened, mailings, post_room

WRITER = LetterWriter(REGISTER.templates.values())
PDF = b"%PDF-1.7 of the decision"


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    async with post_room(tmp_path) as room:
        yield room


async def hand_over(ports: Any) -> None:
    for mailing in await mailings(ports):
        await deliver(ports, WRITER, "鉴定中心 <no-reply@jianding.example>", mailing.id)


def paper(content: bytes) -> SanctionPaper:
    return SanctionPaper(name="decision-49053012.pdf", content=b64encode(content).decode())


async def test_a_sanction_comes_with_its_decision(ports: Any) -> None:
    ports.neighbours.paper = paper(PDF)
    await plan_letters(ports, happened("sanction.confirmed.v1"))
    await hand_over(ports)
    assert len(ports.mailer.letters) == 2
    for letter in ports.mailer.letters:
        (attached,) = letter.iter_attachments()
        assert (attached.get_filename(), attached.get_content_type()) == ("decision-49053012.pdf", "application/pdf")
        assert attached.get_content() == PDF


async def test_other_letters_come_alone(ports: Any) -> None:
    ports.neighbours.paper = paper(PDF)
    await plan_letters(ports, happened("roster.submitted.v1"))
    await hand_over(ports)
    assert [list(letter.iter_attachments()) for letter in ports.mailer.letters] == [[]]


@pytest.mark.parametrize("found", [None, paper(bytes(LARGEST + 1))], ids=["none", "too large"])
async def test_without_a_paper_the_letter_goes_out_all_the_same(ports: Any, found: SanctionPaper | None) -> None:
    ports.neighbours.paper = found
    await plan_letters(ports, happened("sanction.confirmed.v1"))
    await hand_over(ports)
    assert [list(letter.iter_attachments()) for letter in ports.mailer.letters] == [[], []]
    assert {one.state for one in await mailings(ports)} == {SENT}


async def test_while_supervision_is_away_the_letter_waits(ports: Any) -> None:
    await plan_letters(ports, happened("sanction.confirmed.v1"))

    async def away(*_: Any) -> None:
        raise Unavailable("supervision is away")

    ports.neighbours.get = away
    with pytest.raises(Unavailable):
        await hand_over(ports)
    assert (ports.mailer.letters, {one.state for one in await mailings(ports)}) == ([], {DUE})
