"""Reports from an IMAP mailbox, through `imaplib` in a thread: one look is a session of its own, for there is one a minute."""

from __future__ import annotations

import asyncio
import imaplib
import re
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BufferedReader
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from shared.errors import Invalid, Unavailable
from shared.ports.others.reports import Position, Reported

IMAPS = 993
PATIENCE = 30.0  # seconds for any single answer
LARGEST = 131_072  # bytes of a mail; a report is a few thousand, with the whole letter some tens of thousands
LONGEST = 60.0  # seconds of one look; a server that sends a byte now and then would never be out of patience
MOST = 16_777_216  # bytes of one look, whatever it sends them for
LAST_UID = 2**32 - 1
_HOW = "JIANDING_BOUNCES: 地址有误 · must look like imaps://user:password@host/INBOX"
_ASCII = (
    "JIANDING_BOUNCES: 用户名、密码和邮箱文件夹只能含 ASCII 字符 · name, password and folder are of ASCII characters only: "
    "let bounces come to a folder with such a name"
)
_WE_ARE = '("name" "jianding" "version" "1" "vendor" "jianding")'
"""Some (163.com) show no mailbox to a program that does not say what it is."""


class ImapReports:
    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        """url: imaps://user:password@host:port/mailbox, TLS from the start; the password percent-encoded. Raises Invalid."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:  # a bracket of a password that was not encoded, a port that is no number
            raise Invalid(_HOW) from None  # whose cause may show the password
        if parts.scheme != "imaps" or not host or not parts.username or not parts.password:
            raise Invalid(_HOW)
        self._host, self._port = host, port or IMAPS
        self._user, self._password = unquote(parts.username), unquote(parts.password)
        self._mailbox = unquote(parts.path.strip("/")) or "INBOX"
        if not (self._user + self._password + self._mailbox).isascii():
            raise Invalid(_ASCII)
        self._context = context or ssl.create_default_context()

    async def after(self, position: Position, most: int) -> Sequence[Reported]:
        try:
            return await asyncio.to_thread(self._read, position, most, asyncio.get_running_loop().time)
        except (imaplib.IMAP4.error, OSError) as error:
            # What it says is shown without what it was told: a server may repeat the name and the password.
            detail = str(error).replace(self._password, "…")[:200]
            raise Unavailable(
                f"退信邮箱暂不可用 · the mailbox of bounces is not available: {detail}", self.ping
            ) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise Unavailable(
                f"退信邮箱的应答无法理解 · the mailbox of bounces answers what nobody understands: {type(error).__name__}",
                self.ping,
            ) from error

    async def ping(self) -> None:
        """Raises Unavailable."""
        await self.after(Position(), 0)

    def _read(self, position: Position, most: int, now: Callable[[], float]) -> list[Reported]:
        session = _Session(self._host, self._port, self._context, now)
        try:
            session.login(self._user, self._password)
            with suppress(imaplib.IMAP4.error):
                if "ID" in session.capabilities:
                    session.xatom("ID", _WE_ARE)
            name = self._mailbox.replace("\\", "\\\\").replace('"', '\\"')
            _must_be_ok(session.select(f'"{name}"', readonly=True))
            validity = int(session.response("UIDVALIDITY")[1][0] or 0)
            first = position.uid + 1 if position.validity == validity else 1
            found = _must_be_ok(session.uid("SEARCH", f"UID {first}:*"))
            numbers = sorted({int(one) for line in found if line for one in line.split()})
            # `n:*` is the last one at least, even if that is older than n.
            wanted = [number for number in numbers if number >= first][:most]
            if not all(0 <= number <= LAST_UID for number in (validity, *wanted)):
                raise ValueError("a number that no mail has")
            reported: list[Reported] = []
            for uid in wanted:
                if reported and session.is_half_over:
                    break  # what a slow server gave so far is not asked for a second time
                reported.append(Reported(Position(validity, uid), self._content(session, uid)))
            return reported
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                session.logout()

    @staticmethod
    def _content(session: imaplib.IMAP4, uid: int) -> bytes:
        parts = _must_be_ok(session.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{LARGEST}>)"))
        for part in parts:
            if isinstance(part, tuple) and re.search(rb"UID %d\b" % uid, part[0]):
                return bytes(part[1])
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b"")


class _Session(imaplib.IMAP4_SSL):
    """Ends by itself: after LONGEST, give or take one answer, and after MOST. The library waits for each byte anew, and takes as
    many as the server announces."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, now: Callable[[], float]) -> None:
        self._now, self._began, self._taken = now, now(), 0
        super().__init__(host, port, ssl_context=context, timeout=PATIENCE)

    @property
    def is_half_over(self) -> bool:
        return self._now() - self._began > LONGEST / 2

    @property
    def _received(self) -> BufferedReader:
        return cast(BufferedReader, self.file)

    def read(self, size: int) -> bytes:
        content = bytearray()
        while len(content) < size and (piece := self._next(min(size - len(content), LARGEST))):
            content += piece
        return bytes(content)

    def readline(self) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n") and (there := self._received.peek(1)):
            line += self._next(there.find(b"\n") + 1 or len(there))
        return bytes(line)

    def _next(self, most: int) -> bytes:
        """What is there, or the next that comes. Raises imaplib.IMAP4.abort."""
        if self._taken >= MOST or self._now() - self._began > LONGEST:
            raise self.abort("it says too much, or takes too long")
        piece = self._received.read1(most)
        self._taken += len(piece)
        return piece


def _must_be_ok(answer: tuple[str, list[Any]]) -> list[Any]:
    """Raises imaplib.IMAP4.error."""
    kind, lines = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(repr(lines[:1]))
    return lines
