"""What every mailer promises. SMTP is held to it by a real server in this process."""

from __future__ import annotations

import asyncio
import email
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.adapters.mail.folder import MailFolder, file_name
from shared.adapters.mail.smtp import FRESH, SESSIONS, SmtpMailer
from shared.errors import NotYet, Refused, Unavailable
from shared.ports import Mailer, PutOff, ReadyLetter, Undeliverable
from shared.trade.deadline import CHINA
from tests.world.ports import a_port

PLANNED = datetime(2026, 4, 3, 17, tzinfo=CHINA)


def a_letter(
    id: str = "<m1@jianding.example>", to: str = "clerk@station.example", at: datetime = PLANNED
) -> ReadyLetter:
    sender = "no-reply@jianding.example"
    message = EmailMessage()
    message["From"] = f"鉴定中心 <{sender}>"
    message["To"] = to
    message["Date"] = at
    message["Subject"] = "证书已可领取 · Certificates are ready"
    message["Message-ID"] = id
    message.set_content("您好:\n.点开头的一行\n二〇二六年七月的证书已制作完成。\n")
    return ReadyLetter(id, sender, to, "certificates-ready", at, message.as_bytes(policy=SMTP_POLICY))


class PostOffice:
    """A mail server that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], bytes]] = []
        self.answers: dict[str, str] = {}  # by recipient, or "DATA"
        self.sessions: set[int] = set()
        self.most_at_once = 0
        self.asked = 0  # whether it is still there
        self.hangs_up: list[str] = []  # what it says instead of taking the next letters; nothing for a cut line
        self._at_once = 0
        self._server: asyncio.Server | None = None
        self.beyond_ascii = True
        self.port = a_port()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self.port)

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="post.example", enable_SMTPUTF8=self.beyond_ascii)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await asyncio.wait_for(self._server.wait_closed(), 5)

    async def handle_NOOP(self, server: SMTP, session: Session, envelope: Envelope, arg: str) -> str:
        self.asked += 1
        return "250 OK"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hangs_up:
            if answer := self.hangs_up.pop():
                return answer
            assert server.transport is not None
            server.transport.abort()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any) -> str:
        if to in self.answers:
            return self.answers[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sessions.add(id(session))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        self.letters.append((list(envelope.rcpt_tos), envelope.content))
        return "250 OK"


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    await office.open()
    yield office
    await office.close()


@pytest.fixture
async def smtp(office: PostOffice) -> AsyncIterator[SmtpMailer]:
    mailer = SmtpMailer(f"smtp+plaintext://127.0.0.1:{office.port}")
    yield mailer
    await mailer.close()


@pytest.fixture(params=["folder", "smtp"])
def mailer(request: pytest.FixtureRequest, tmp_path: Path) -> Mailer:
    if request.param == "folder":
        return MailFolder(tmp_path / "post")
    smtp: Mailer = request.getfixturevalue("smtp")
    return smtp


@pytest.fixture
def arrived(mailer: Mailer, office: PostOffice, tmp_path: Path) -> Any:
    """The letters that arrived, as bytes."""
    if isinstance(mailer, MailFolder):
        return lambda: [path.read_bytes() for path in sorted((tmp_path / "post").iterdir())]
    return lambda: [content for _, content in office.letters]


# --- both -------------------------------------------------------------------------------------------------------------


async def test_a_letter_arrives_as_it_was_written(mailer: Mailer, arrived: Any) -> None:
    await mailer.send(a_letter())
    (content,) = arrived()
    letter = email.message_from_bytes(content, policy=default)
    assert letter["Subject"] == "证书已可领取 · Certificates are ready"
    assert letter["Message-ID"] == "<m1@jianding.example>"
    assert letter["To"] == "clerk@station.example"
    body = letter.get_content().replace("\r\n", "\n")
    assert body == "您好:\n.点开头的一行\n二〇二六年七月的证书已制作完成。\n"


async def test_many_letters_at_once(mailer: Mailer, arrived: Any) -> None:
    await asyncio.gather(*(mailer.send(a_letter(f"<m{n}@jianding.example>")) for n in range(30)))
    ids = {str(email.message_from_bytes(content, policy=default)["Message-ID"]) for content in arrived()}
    assert ids == {f"<m{n}@jianding.example>" for n in range(30)}


def test_a_letter_without_message_id_is_a_bug() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        replace(a_letter(), message_id="")


async def test_closing_twice_is_harmless(mailer: Mailer) -> None:
    await mailer.send(a_letter())
    await mailer.close()
    await mailer.close()


# --- the folder -------------------------------------------------------------------------------------------------------


async def test_a_letter_sent_twice_lies_in_the_folder_once(tmp_path: Path) -> None:
    for _ in range(2):
        await MailFolder(tmp_path).send(a_letter())
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


def test_letters_that_differ_in_odd_characters_have_different_names() -> None:
    names = {file_name(a_letter(f"<a{odd}b@jianding.example>")) for odd in "/\\*?|~="}
    assert len(names) == 7
    assert all("/" not in name and "\\" not in name and len(name) < 100 for name in names)
    assert not file_name(a_letter("<../../etc/passwd@x>")).startswith(".")


def test_a_person_finds_a_letter_by_its_name() -> None:
    letter = replace(a_letter(to="zhang.san/3@station.example"), letter="../certificates-mailed")
    name = file_name(letter)
    assert re.fullmatch(r"20260403-170000_certificates-mailed_zhang\.san-3@station\.example_[0-9a-f]{12}\.eml", name)
    assert name == file_name(letter), "sent again, it takes the same place"


async def test_a_letter_that_was_planned_anew_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """The register of a restored backup knows nothing of it, the folder does."""
    await MailFolder(tmp_path).send(a_letter())
    await MailFolder(tmp_path).send(a_letter(at=datetime(2026, 4, 4, 9, tzinfo=CHINA)))
    (kept,) = tmp_path.iterdir()
    assert b"04 Apr 2026" in kept.read_bytes()


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "post").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        await MailFolder(tmp_path / "post").send(a_letter())


# --- SMTP -------------------------------------------------------------------------------------------------------------


async def test_sessions_are_kept_and_bounded(office: PostOffice, smtp: SmtpMailer) -> None:
    await asyncio.gather(*(smtp.send(a_letter(f"<m{n}@jianding.example>")) for n in range(40)))
    assert len(office.letters) == 40
    assert 1 <= len(office.sessions) <= SESSIONS
    assert office.most_at_once <= SESSIONS


async def test_an_address_refused_for_good_is_refused_and_harms_no_other(office: PostOffice, smtp: SmtpMailer) -> None:
    office.answers["gone@station.example"] = "550 5.1.1 no such mailbox"
    with pytest.raises(Refused, match=r"550 5\.1\.1 no such mailbox"):
        await smtp.send(a_letter(to="gone@station.example"))
    await smtp.send(a_letter("<m2@jianding.example>"))
    assert [to for to, _ in office.letters] == [["clerk@station.example"]]


async def test_a_full_mailbox_is_worth_another_try(office: PostOffice, smtp: SmtpMailer) -> None:
    office.answers["clerk@station.example"] = "452 4.2.2 mailbox full"
    with pytest.raises(NotYet, match="452"):
        await smtp.send(a_letter())
    office.answers.clear()
    await smtp.send(a_letter())
    assert len(office.letters) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("554 5.7.1 not wanted", Undeliverable),
        ("451 4.3.0 try later", PutOff),
        ("421 4.3.2 closing down", Unavailable),
    ],
)
async def test_a_letter_answered_after_its_text(
    office: PostOffice, smtp: SmtpMailer, answer: str, error: type[Exception]
) -> None:
    office.answers["DATA"] = answer
    with pytest.raises(error, match=answer[:3]):
        await smtp.send(a_letter())


async def test_a_server_that_was_restarted_is_found_again(office: PostOffice, smtp: SmtpMailer) -> None:
    await smtp.send(a_letter("<m1@jianding.example>"))
    for session, _ in smtp._idle:
        session.close()
    await smtp.send(a_letter("<m2@jianding.example>"))
    assert len(office.letters) == 2


async def test_a_session_is_asked_whether_it_still_answers_after_a_silence_only(
    office: PostOffice, smtp: SmtpMailer
) -> None:
    for n in range(3):
        await smtp.send(a_letter(f"<m{n}@jianding.example>"))
    assert office.asked == 0
    smtp._idle = [(session, at - FRESH) for session, at in smtp._idle]
    await smtp.send(a_letter())
    assert (office.asked, len(office.letters), len(office.sessions)) == (1, 4, 1)


@pytest.mark.parametrize("answer", ["421 4.3.2 going down", ""], ids=["with a word", "without one"])
async def test_a_server_that_hung_up_on_a_kept_session_is_called_again(
    office: PostOffice, smtp: SmtpMailer, answer: str
) -> None:
    await smtp.send(a_letter("<m1@jianding.example>"))
    office.hangs_up = [answer]
    await smtp.send(a_letter("<m2@jianding.example>"))
    assert len(office.letters) == 2
    office.hangs_up = [answer] * 2
    with pytest.raises(Unavailable):
        await smtp.send(a_letter("<m3@jianding.example>"))


@pytest.mark.parametrize("offered", [True, False])
async def test_an_address_beyond_ascii_goes_to_servers_that_know_how(
    office: PostOffice, smtp: SmtpMailer, offered: bool
) -> None:
    office.beyond_ascii = offered
    letter = replace(a_letter(), to="张三@例子.example")
    if not offered:
        with pytest.raises(Refused, match="SMTPUTF8"):
            await smtp.send(letter)
    else:
        await smtp.send(letter)
    assert [to for to, _ in office.letters] == ([["张三@例子.example"]] if offered else [])


async def test_no_server_is_unavailable_and_ping_tells_when_it_is_back(office: PostOffice) -> None:
    await office.close()
    mailer = SmtpMailer(f"smtp+plaintext://127.0.0.1:{office.port}")
    with pytest.raises(Unavailable) as caught:
        await mailer.send(a_letter())
    assert caught.value.ping is not None
    with pytest.raises(Unavailable):
        await caught.value.ping()
    await office.open()
    await caught.value.ping()
    await mailer.send(a_letter())
    await mailer.close()
    assert len(office.letters) == 1
