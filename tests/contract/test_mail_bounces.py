"""The mailbox of bounces over a real line: a small IMAP server of this process, with TLS, and with the moods that there are."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.adapters.mail import imap
from shared.adapters.mail.imap import LARGEST, ImapReports
from shared.errors import Invalid, Unavailable
from shared.ports.others.reports import Position
from tests.contract.test_mail_encrypted import certificates as certificates
from tests.world.ports import a_port

USER, PASSWORD = "no-reply@jianding.example", 'p@ss: "w/ord'


class Office:
    """mails: UID → content. nonsense: command → what is said instead of its answer."""

    def __init__(self) -> None:
        self.port = a_port()
        self.mails: dict[int, bytes] = {}
        self.validity = 7
        self.nonsense: dict[str, bytes] = {}
        self.commands: list[str] = []
        self._server: asyncio.Server | None = None

    async def open(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, ssl=context)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 ID] office\r\n")
        while line := await reader.readline():
            tag, _, command = line.decode().strip().partition(" ")
            self.commands.append(command)
            word = " ".join(command.split()[:2]) if command.startswith("UID") else command.split()[0]
            if word in self.nonsense:
                writer.write(self.nonsense[word].replace(b"TAG", tag.encode()))
            else:
                writer.write(self._answer(word, command) + f"{tag} OK done\r\n".encode())
            await writer.drain()
        writer.close()

    def _answer(self, word: str, command: str) -> bytes:
        match word:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1 ID\r\n"
            case "EXAMINE":
                return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] x\r\n".encode()
            case "UID SEARCH":
                first = int(command.split()[-1].partition(":")[0])
                found = [uid for uid in self.mails if uid >= first] or list(self.mails)[-1:]
                return f"* SEARCH {' '.join(map(str, found))}\r\n".encode()
            case "UID FETCH":
                uid = int(re.findall(r"\d+", command)[0])
                if uid not in self.mails:
                    return b""
                content = self.mails[uid][:LARGEST]
                return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (uid, len(content), content)
        return b""


@pytest.fixture
async def office(certificates: Callable[[str], Path]) -> AsyncIterator[Office]:
    office = Office()
    await office.open(certificates("127.0.0.1"))
    yield office
    await office.close()


@pytest.fixture
def mailbox(office: Office, certificates: Callable[[str], Path]) -> ImapReports:
    context = ssl.create_default_context(cafile=certificates("127.0.0.1"))
    url = f"imaps://no-reply%40jianding.example:p%40ss%3A%20%22w%2Ford@127.0.0.1:{office.port}/INBOX"
    return ImapReports(url, context)


async def test_what_came_since_is_read_and_nothing_is_changed(office: Office, mailbox: ImapReports) -> None:
    office.mails = {3: b"Subject: a\r\n\r\nx", 5: b"y" * (LARGEST + 9), 9: b"z"}
    first = await mailbox.after(Position(), 2)
    assert [(one.at, one.content) for one in first] == [
        (Position(7, 3), b"Subject: a\r\n\r\nx"),
        (Position(7, 5), b"y" * LARGEST),
    ]
    assert [one.at.uid for one in await mailbox.after(first[-1].at, 2)] == [9]
    assert await mailbox.after(Position(7, 9), 2) == [], "a server names its last mail, whatever is asked for"
    assert {command.split()[0] for command in office.commands} <= {
        "CAPABILITY",
        "LOGIN",
        "ID",
        "EXAMINE",
        "UID",
        "LOGOUT",
    }
    assert all("PEEK" in command for command in office.commands if "FETCH" in command)
    assert any(command.startswith("ID (") for command in office.commands), "163.com shows nothing without it"


async def test_a_mailbox_that_is_numbered_anew_is_read_from_its_beginning(office: Office, mailbox: ImapReports) -> None:
    office.mails, office.validity = {1: b"x"}, 8
    assert [one.at for one in await mailbox.after(Position(7, 900), 9)] == [Position(8, 1)]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("LOGIN", b"TAG NO [AUTHENTICATIONFAILED] no\r\n"),
        ("EXAMINE", b"TAG NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n"),
        ("EXAMINE", b"* OK [UIDVALIDITY many] x\r\nTAG OK\r\n"),
        ("UID SEARCH", b"* SEARCH one two\r\nTAG OK\r\n"),
        ("UID SEARCH", b"\x00\xff\r\n"),
        ("UID FETCH", b"* BYE\r\n"),
        ("UID FETCH", b"TAG BAD what\r\n"),
        ("UID FETCH", b"* 1 FETCH (UID 1 BODY[]<0> {99999999999}\r\n" + b"x" * 3 * LARGEST),
        ("UID SEARCH", b"* SEARCH 99999999999999999999\r\nTAG OK\r\n"),
        ("EXAMINE", b"* OK [UIDVALIDITY 99999999999999999999] x\r\nTAG OK\r\n"),
        ("EXAMINE", b"* 1 EXISTS\r\n" * LARGEST),
    ],
)
async def test_a_mailbox_that_answers_nonsense_is_not_available(
    office: Office, mailbox: ImapReports, word: str, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MOST", 2 * LARGEST)
    office.mails, office.nonsense = {1: b"x"}, {word: said}
    with pytest.raises(Unavailable, match="退信邮箱") as caught:
        await mailbox.after(Position(), 9)
    assert PASSWORD not in str(caught.value)
    office.nonsense = {}
    assert caught.value.ping is not None
    await caught.value.ping()


async def test_a_server_that_never_ends_does_not_keep_a_thread(
    office: Office, mailbox: ImapReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its bytes comes within the patience for one answer."""
    monkeypatch.setattr(imap, "LONGEST", 0.0)
    with pytest.raises(Unavailable, match="takes too long"):
        await mailbox.after(Position(), 9)


async def test_what_a_slow_server_gave_so_far_is_not_asked_for_again(
    office: Office, mailbox: ImapReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.mails = dict.fromkeys(range(1, 9), b"x")
    monkeypatch.setattr(imap._Session, "is_half_over", True)
    read: list[int] = []
    while mails := await mailbox.after(Position(7, read[-1] if read else 0), 9):
        read += [one.at.uid for one in mails]
    assert read == list(office.mails)


async def test_nobody_there_is_not_available(office: Office, mailbox: ImapReports) -> None:
    await office.close()
    with pytest.raises(Unavailable):
        await mailbox.after(Position(), 9)


async def test_a_server_whose_certificate_does_not_hold_gets_no_password(office: Office) -> None:
    stranger = ImapReports(f"imaps://a:b@127.0.0.1:{office.port}/INBOX")
    with pytest.raises(Unavailable):
        await stranger.after(Position(), 9)
    assert office.commands == []


@pytest.mark.parametrize(
    "url",
    ["imap://a:b@host", "imaps://host/INBOX", "imaps://a@host", "x", "imaps://a:b@host:port/", "imaps://a:b[@host/"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="imaps://user:password@host"):
        ImapReports(url)


@pytest.mark.parametrize("url", ["imaps://a:b@host/退信", "imaps://a:%E5%AF%86@host/", "imaps://李:b@host/"])
def test_what_the_protocol_cannot_spell_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(Invalid, match="ASCII"):
        ImapReports(url)
