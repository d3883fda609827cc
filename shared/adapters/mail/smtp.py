"""The post over SMTP, through aiosmtplib: a few sessions are kept open, for greeting a server costs more than a letter.

A letter is sent at least once: if the server's last answer is lost, the same letter goes out again with the same
Message-ID.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from aiosmtplib.response import SMTPResponse

from shared.errors import Invalid, Unavailable
from shared.ports import PutOff, ReadyLetter, Undeliverable
from shared.ports.mailer import NO_SUCH_ADDRESS, cause_of

SESSIONS = 4  # at once; mail servers count connections per sender
BULK_SESSIONS = 3  # of these: one is always left for letters that are waited for
PATIENCE = 30.0  # seconds for any single answer
FRESH = 5.0  # seconds since its last answer for which a session is taken to be open still; servers wait for a minute or more
REPORT_BACK = ("NOTIFY=SUCCESS,FAILURE",)
CLOSING = 421  # not about the letter: the server is about to hang up, or wants nothing from us for now
_CLOSING_DOWN = "邮件服务器暂不可用，稍后自动再试 · the mail server is not available"
BEYOND_ASCII = ("SMTPUTF8", "BODY=8BITMIME")
STARTTLS, TLS, PLAINTEXT = "smtp", "smtps", "smtp+plaintext"
DEFAULT_PORTS = {STARTTLS: 25, TLS: 465, PLAINTEXT: 25}
_HOW = (
    "JIANDING_MAIL: 地址有误 · must look like smtp://user:password@host:port, smtps://… or smtp+plaintext://host:port"
)
NO_TLS = (
    "邮件服务器不提供 STARTTLS，未发送任何内容 · the mail server offers no STARTTLS and got nothing: "
    "use smtps://, or smtp+plaintext:// if letters may travel unencrypted"
)


class SmtpMailer:
    """Keeps the promises of `ports.Mailer`. Nothing travels unencrypted, to a server whose certificate does not hold nothing at
    all, unless the address says `smtp+plaintext`; a name and password never do."""

    def __init__(self, url: str, reports: bool = False) -> None:
        """url: smtp://user:password@host:port (STARTTLS), smtps://… (TLS from the start) or smtp+plaintext://host:port (none:
        for a mail catcher next door). reports: whether servers that know how are to say when a letter was delivered (RFC 3461);
        somebody has to read that. Raises Invalid."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:  # a bracket of a password that was not encoded, a port that is no number
            raise Invalid(_HOW) from None  # whose cause may show the password
        if parts.scheme not in DEFAULT_PORTS or not host:
            raise Invalid(_HOW)
        if parts.scheme == PLAINTEXT and (parts.username or parts.password):
            raise Invalid(
                "JIANDING_MAIL: 密码不得明文传输 · a password never goes unencrypted: use smtp:// (STARTTLS) or smtps://"
            )
        self._scheme, self._host, self._port = parts.scheme, host, port or DEFAULT_PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._reports = reports
        self._turns = asyncio.Semaphore(SESSIONS)
        self._bulk_turns = asyncio.Semaphore(BULK_SESSIONS)
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def send(self, letter: ReadyLetter) -> None:
        """Raises Undeliverable when the server says no for good to an address or to the letter (5xx), PutOff when it wants
        this letter later (4xx), else Unavailable."""
        async with self._turn(letter.bulk):
            try:
                refused = await self._sent(letter)
            except SMTPRecipientsRefused as error:
                if all(one.code == CLOSING for one in error.recipients):
                    raise self._unavailable(f"{_CLOSING_DOWN}: {CLOSING}") from error
                raise _of_recipients((one.recipient, one.code, one.message) for one in error.recipients) from error
            except SMTPDataError as error:
                if error.code == CLOSING:
                    raise self._unavailable(f"{_CLOSING_DOWN}: {CLOSING}") from error
                raise _of_the_letter(error.code, error.message.replace(letter.to, "…")) from error
            except SMTPNotSupported as error:
                raise Undeliverable(
                    f"邮件服务器无法投递到此地址 · the mail server cannot deliver to this address: {error.message}",
                    NO_SUCH_ADDRESS,
                ) from error
            except (SMTPException, OSError) as error:
                raise self._unavailable(f"{_CLOSING_DOWN}: {error}") from error
        if refused:
            raise _of_recipients((address, answer.code, answer.message) for address, answer in refused.items())

    @asynccontextmanager
    async def _turn(self, bulk: bool) -> AsyncIterator[None]:
        """Bulk queues up before it queues up: it never has all sessions, nor stands before a letter that is waited for."""
        if not bulk:
            async with self._turns:
                yield
            return
        async with self._bulk_turns, self._turns:
            yield

    async def _sent(self, letter: ReadyLetter) -> Mapping[str, SMTPResponse]:
        """Whom the server refused. A kept session that turns out to be closed costs nothing: the letter goes out in a new one,
        and in no third, for nobody knows whether a server that hangs up has taken it."""
        beyond_ascii = not (letter.sender + letter.to).isascii()
        hung_up = False
        while True:
            session, is_new = (await self._new_session(), True) if hung_up else await self._session()
            try:
                refused, _ = await session.sendmail(
                    letter.sender,
                    [letter.to],
                    letter.content,
                    mail_options=BEYOND_ASCII if beyond_ascii else (),
                    rcpt_options=REPORT_BACK if self._reports and session.supports_extension("dsn") else (),
                )
            except (SMTPRecipientsRefused, SMTPDataError, SMTPNotSupported):
                self._keep(session)  # it is as good as before, only this letter is not
                raise
            except (
                SMTPServerDisconnected,
                SMTPSenderRefused,
                ConnectionError,
            ):  # the second with a server's 421, for one
                hung_up = not session.is_connected
                session.close()
                if is_new or not hung_up:
                    raise
            except BaseException:
                session.close()
                raise
            else:
                self._keep(session)
                return refused

    async def ping(self) -> None:
        """Raises Unavailable."""
        try:
            session, _ = await self._session(fresh=0.0)
            self._keep(session)
        except (SMTPException, OSError) as error:
            raise self._unavailable(f"{_CLOSING_DOWN}: {error}") from error

    async def close(self) -> None:
        while self._idle:
            session, _ = self._idle.pop()
            with suppress(SMTPException, OSError):  # a server that hung up first needs no goodbye
                await session.quit(timeout=PATIENCE)
            session.close()

    def _keep(self, session: aiosmtplib.SMTP) -> None:
        """One that has just answered."""
        self._idle.append((session, asyncio.get_running_loop().time()))

    async def _session(self, fresh: float = FRESH) -> tuple[aiosmtplib.SMTP, bool]:
        """An open one, else a new one; and whether it is new. fresh: seconds since its last answer for which an open one is
        not asked whether it still answers."""
        while self._idle:
            session, answered_at = self._idle.pop()
            try:
                if not session.is_connected or asyncio.get_running_loop().time() - answered_at >= fresh:
                    await session.noop(timeout=PATIENCE)
                return session, False
            except (SMTPException, OSError):
                session.close()
        return await self._new_session(), True

    async def _new_session(self) -> aiosmtplib.SMTP:
        session = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._scheme == TLS,
            start_tls=False,  # not where it happens to be offered: below, or not at all
            timeout=PATIENCE,
        )
        try:
            await session.connect()
            if self._scheme == STARTTLS:
                await session.ehlo()
                if not session.supports_extension("starttls"):
                    raise SMTPException(NO_TLS)
                await session.starttls()
            if self._user is not None:
                await session.login(self._user, self._password or "")
        except BaseException:
            session.close()
            raise
        return session

    def _unavailable(self, detail: str) -> Unavailable:
        return Unavailable(detail, self.ping)


def _of_recipients(answers: Iterable[tuple[str, int, str]]) -> Undeliverable | PutOff:
    """4xx for any of them (a full mailbox, a greylist) means that this letter is worth another try, and that the post
    is open for the others. Without the address: what is said here ends up in logs."""
    given = [(code, text.replace(address, "…")) for address, code, text in answers]
    detail = "; ".join(f"{code} {text}" for code, text in given)
    cause = cause_of(*given[0], of_recipient=True)
    if all(code >= 500 for code, _ in given):
        return Undeliverable(f"邮件服务器拒收此地址 · the mail server refuses the address: {detail}", cause)
    return PutOff(f"邮件服务器要求稍后再投 · the mail server puts the letter off: {detail}", cause)


def _of_the_letter(code: int, said: str) -> Undeliverable | PutOff:
    """An answer to the text: about this letter, whatever becomes of others."""
    cause = cause_of(code, said, of_recipient=False)
    if code >= 500:
        return Undeliverable(f"邮件服务器未接受信函 · the mail server answers {code} {said}", cause)
    return PutOff(f"邮件服务器要求稍后再投 · the mail server puts the letter off: {code} {said}", cause)
