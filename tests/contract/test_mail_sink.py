"""From a stored letter over a real line: a server refuses, puts off, hangs up in the middle, or takes the letter and dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from email import message_from_bytes
from typing import Any

import pytest

from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import DUE, SENT, Mailing
from services.notification.mailings.usecases import resuming
from services.notification.mailings.usecases.delivering import deliver
from services.runtime.catalogue import REGISTER
from shared.adapters.mail.smtp import SmtpMailer
from shared.errors import Unavailable
from shared.keeping import repository
from shared.trade.undelivered import FAILED, NO_SUCH_ADDRESS
from tests.unit.notification.test_handing_over import a_letter
from tests.unit.notification.test_handing_over import ports as ports
from tests.world.ports import a_port

WRITER = LetterWriter(REGISTER.templates.values())
CUT, DEAD = "cut in the middle of DATA", "takes it and dies"


class Sink:
    """answers: what it says at RCPT and after the text, one a session, then it takes everything."""

    def __init__(self) -> None:
        self.port = a_port()
        self.at_recipient: list[str] = []
        self.after_text: list[str] = []
        self.took: list[bytes] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(text: str) -> None:
            writer.write(f"{text}\r\n".encode())

        with suppress(ConnectionError, asyncio.IncompleteReadError):
            say("220 sink")
            while line := await reader.readline():
                match line[:4].upper():
                    case b"EHLO":
                        say("250 sink")
                    case b"RCPT" if self.at_recipient:
                        say(self.at_recipient.pop(0))
                    case b"DATA":
                        say("354 go on")
                        answer = self.after_text.pop(0) if self.after_text else "250 ok"
                        if answer == CUT:
                            await reader.readexactly(100)
                            break
                        self.took.append(await reader.readuntil(b"\r\n.\r\n"))
                        if answer == DEAD:
                            break
                        if not answer.startswith("250"):
                            self.took.pop()
                        say(answer)
                    case b"QUIT":
                        say("221 bye")
                        break
                    case _:
                        say("250 ok")
                await writer.drain()
        writer.transport.abort()

    @property
    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(one)["Message-ID"]) for one in self.took]


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    sink = Sink()
    await sink.open()
    yield sink
    await sink.close()


@pytest.fixture
async def posted(ports: Any, sink: Sink) -> AsyncIterator[Any]:
    ports.mailer = SmtpMailer(f"smtp+plaintext://127.0.0.1:{sink.port}")
    yield ports
    await ports.mailer.close()


async def handed(ports: Any, letter: Mailing) -> Mailing:
    with suppress(Unavailable):
        await deliver(ports, WRITER, "鉴定中心 <no-reply@jianding.example>", letter.id)
    return await repository.load(ports.store, Mailing, letter.id)


@pytest.mark.parametrize(
    ("at_recipient", "after_text", "state", "tries"),
    [
        (["550 5.1.1 no such user"], [], NO_SUCH_ADDRESS, 0),
        ([], ["554 5.7.1 not wanted"], FAILED, 0),
        (["451 4.7.1 greylisted"], [], DUE, 1),
        ([], ["451 4.3.0 try later"], DUE, 1),
        (["421 4.3.2 closing"], [], DUE, 0),
        ([], ["421 4.3.2 closing"], DUE, 0),
        ([], [CUT], DUE, 0),
        ([], [DEAD], DUE, 0),
    ],
)
async def test_each_answer_has_its_state(
    posted: Any, sink: Sink, at_recipient: list[str], after_text: list[str], state: str, tries: int
) -> None:
    is_dead = after_text == [DEAD]
    sink.at_recipient, sink.after_text = list(at_recipient), list(after_text)
    letter = await handed(posted, await a_letter(posted))
    assert (letter.state, letter.tries, letter.next_at is not None) == (state, tries, tries > 0)
    if state != DUE:
        assert (await handed(posted, letter)).state == state, "nobody tries again"
        assert sink.took == []
        return
    posted.clock.advance(60)
    await resuming.resume(posted.store, posted.clock)
    letter = await handed(posted, letter)
    assert letter.state == SENT
    # The one repeat there is: the server took the letter, and died before it said so.
    assert sink.message_ids == [f"<{letter.id}@jianding.example>"] * (2 if is_dead else 1)


async def test_of_a_server_that_takes_letters_and_hangs_up_everywhere_a_letter_is_asked_twice_and_no_more(
    posted: Any, sink: Sink
) -> None:
    """However many sessions are kept: each of them may have taken it."""
    others = [await a_letter(posted, n) for n in range(2, 5)]
    await asyncio.gather(*(handed(posted, one) for one in others))
    assert len(posted.mailer._idle) > 1
    before, sink.after_text = len(sink.took), [DEAD] * 3
    letter = await handed(posted, await a_letter(posted))
    assert letter.state == DUE
    assert sink.message_ids[before:] == [f"<{letter.id}@jianding.example>"] * 2


async def test_a_server_that_is_not_there_is_waited_for(posted: Any, sink: Sink) -> None:
    await sink.close()
    letter = await a_letter(posted)
    with pytest.raises(Unavailable):
        await deliver(posted, WRITER, "a@jianding.example", letter.id)
    assert (await repository.load(posted.store, Mailing, letter.id)).state == DUE
