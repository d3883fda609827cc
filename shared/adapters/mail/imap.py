"""Reports from an IMAP mailbox, through `imaplib` in a thread: one look is a session of its own, for there is one a minute."""

from __future__ import annotations

import asyncio
import imaplib
import re
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from shared.errors import Invalid, Unavailable
from shared.ports.others.reports import Position, Reported

IMAPS = 993
PATIENCE = 30.0  # seconds for any single answer
LARGEST = 524_288  # bytes of a mail; a report is a few thousand, with the whole letter some tens of thousands
_HOW = "JIANDING_BOUNCES: 地址有误 · must look like imaps://user:password@host/INBOX"
_WE_ARE = '("name" "jianding" "version" "1" "vendor" "jianding")'
"""Some (163.com) show no mailbox to a program that does not say what it is."""


class ImapReports:
    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        """url: imaps://user:password@host:port/mailbox, TLS from the start; the password percent-encoded. Raises Invalid."""
        parts = urlsplit(url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError as error:  # a port that is no number
            raise Invalid(_HOW) from error
        if parts.scheme != "imaps" or not host or not parts.username or not parts.password:
            raise Invalid(_HOW)
        self._host, self._port = host, port or IMAPS
        self._user, self._password = unquote(parts.username), unquote(parts.password)
        self._mailbox = unquote(parts.path.strip("/")) or "INBOX"
        self._context = context or ssl.create_default_context()

    async def after(self, position: Position, most: int) -> Sequence[Reported]:
        try:
            return await asyncio.to_thread(self._read, position, most)
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

    def _read(self, position: Position, most: int) -> list[Reported]:
        session = imaplib.IMAP4_SSL(self._host, self._port, ssl_context=self._context, timeout=PATIENCE)
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
            return [Reported(Position(validity, uid), self._content(session, uid)) for uid in wanted]
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


def _must_be_ok(answer: tuple[str, list[Any]]) -> list[Any]:
    """Raises imaplib.IMAP4.error."""
    kind, lines = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(repr(lines[:1]))
    return lines
