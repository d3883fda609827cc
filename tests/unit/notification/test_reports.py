"""What mail servers write back: by the standard, by habit, garbled, and by strangers."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.bounces.report import (
    GARBLED,
    MANY_LETTERS,
    NO_BOUNCE,
    NOBODY_NAMED,
    Puzzling,
    Report,
    read,
)
from shared.trade.undelivered import FAILED, NO_SUCH_ADDRESS, NOT_ACCEPTING, cause_of

ID = "1c1f7d0e-6a55-5b0e-9a43-6d2f3f0c0a11"
OTHER = "2c1f7d0e-6a55-5b0e-9a43-6d2f3f0c0a12"
TO = "office@station.example"


def dsn(
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <office@station.example>: Recipient address rejected: User unknown",
    id: str = ID,
    original: str = TO,
    encode: bool = False,
    kind: str = "multipart/report; report-type=delivery-status",
    returned: str = "message/rfc822",
) -> bytes:
    fields = [
        "Reporting-MTA: dns; mx.station.example",
        "",
        *([f"Original-Recipient: rfc822;{original}"] if original else []),
        "Final-Recipient: rfc822;somewhere@else.example",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: {said}",
    ]
    block = "\r\n".join(fields)
    if encode:
        block = base64.encodebytes(block.encode()).decode().replace("\n", "\r\n")
    letter = [f"Message-ID: <{id}@jianding.example>", "Subject: x", "", "text"] if id else ["Subject: x", "", "text"]
    lines = [
        "From: MAILER-DAEMON@mx.station.example (Mail Delivery System)",
        "To: no-reply@jianding.example",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        f'Content-Type: {kind}; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "This is the mail system.",
        "--b",
        "Content-Type: message/delivery-status",
        *(["Content-Transfer-Encoding: base64"] if encode else []),
        "",
        block,
        "--b",
        f"Content-Type: {returned}",
        "",
        *letter,
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def habit(
    text: str, subject: str = "系统退信", charset: str = "gb18030", sender: str = "PostMaster@qq.example"
) -> bytes:
    """As servers in China write: no report, a text in their own characters, and the letter below it."""
    head = [
        f"From: {sender}",
        f"Subject: =?gb18030?B?{base64.b64encode(subject.encode('gb18030')).decode()}?=",
        f"Content-Type: text/html{f'; charset={charset}' if charset else ''}",
        "",
        "",
    ]
    return "\r\n".join(head).encode() + text.encode("gb18030")


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        pytest.param(dsn(), ("failed", ID, 1, TO, NO_SUCH_ADDRESS), id="by the standard"),
        pytest.param(dsn(returned="text/rfc822-headers"), ("failed", ID, 1, TO, NO_SUCH_ADDRESS), id="headers only"),
        pytest.param(dsn(id=f"{ID}.3"), ("failed", ID, 3, TO, NO_SUCH_ADDRESS), id="of the third attempt"),
        pytest.param(dsn(encode=True), ("failed", ID, 1, TO, NO_SUCH_ADDRESS), id="fields in base64"),
        pytest.param(dsn(kind="multipart/mixed"), ("failed", ID, 1, TO, NO_SUCH_ADDRESS), id="not called a report"),
        pytest.param(dsn(id=""), ("failed", "", 1, TO, NO_SUCH_ADDRESS), id="the address only"),
        pytest.param(
            dsn(original=""), ("failed", ID, 1, "somewhere@else.example", NO_SUCH_ADDRESS), id="the final one only"
        ),
        pytest.param(
            dsn(status="5.2.2", said="smtp; 552 5.2.2 mailbox full"), ("failed", ID, 1, TO, NOT_ACCEPTING), id="full"
        ),
        pytest.param(
            dsn(status="5.7.1", said="smtp; 550 5.7.1 rejected as spam"), ("failed", ID, 1, TO, FAILED), id="spam"
        ),
        pytest.param(dsn("delivered", "2.0.0", "smtp; 250 ok"), ("delivered", ID, 1, TO, FAILED), id="delivered"),
        pytest.param(dsn("delayed", "4.4.1", "smtp; 421 later"), ("waiting", ID, 1, TO, FAILED), id="delayed"),
        pytest.param(
            habit(f"抱歉，您的邮件被退回来了……收件人 {TO} 不存在 &lt;{ID}@jianding.example&gt;"),
            ("failed", ID, 1, "", NO_SUCH_ADDRESS),
            id="in words",
        ),
        pytest.param(
            habit(f"收件人邮箱容量已满 {ID}@jianding.example", charset=""),
            ("failed", ID, 1, "", NOT_ACCEPTING),
            id="in words, and says not in which characters",
        ),
        pytest.param(
            habit(f"对方邮箱已满 {ID}.2@jianding.example", charset="x-nowhere"),
            ("failed", ID, 2, "", NOT_ACCEPTING),
            id="in characters that nobody knows",
        ),
    ],
)
def test_what_is_understood(content: bytes, wanted: tuple[object, ...]) -> None:
    said = read(content)
    assert isinstance(said, Report), said
    found = (said.action, said.mailing, said.attempt, said.to, said.cause if said.action == "failed" else FAILED)
    assert found == wanted
    assert TO not in said.because, "what is said ends up in logs"
    assert len(said.because) <= 300


def test_the_words_of_the_server_are_kept() -> None:
    said = read(dsn())
    assert isinstance(said, Report)
    assert said.because == "5.1.1 550 5.1.1 <…>: Recipient address rejected: User unknown"
    assert (said.original, said.to) == (TO, TO)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", NO_BOUNCE, id="nothing"),
        pytest.param(b"\x00\xff\xfe" * 1000, NO_BOUNCE, id="bytes"),
        pytest.param(
            f"From: zhang@station.example\r\nSubject: Re: x\r\nIn-Reply-To: <{ID}@jianding.example>\r\n\r\n谢谢".encode(),
            NO_BOUNCE,
            id="an answer of somebody",
        ),
        pytest.param(habit("您的邮件被退回来了"), NOBODY_NAMED, id="names nothing"),
        pytest.param(habit(f"退信 {ID}@a.example {OTHER}@a.example"), MANY_LETTERS, id="names two letters"),
        pytest.param(dsn(id="", original="").replace(b"somewhere@else.example", b""), NOBODY_NAMED, id="nobody"),
        pytest.param(dsn(action="exploded"), GARBLED, id="an action that does not exist"),
        pytest.param(dsn().replace(b"Action:", b"Acti\x00n:"), GARBLED, id="no action"),
    ],
)
def test_what_is_not(content: bytes, why: Puzzling) -> None:
    assert read(content) == why


def test_a_mail_that_nests_without_end_is_a_puzzle() -> None:
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(5000)
    )
    assert isinstance(read(b"From: postmaster@x\r\n" + deep), Puzzling)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(habit(f"{ID}@a.example " + "user " * 25_000), id="a word that many patterns begin with"),
        pytest.param(dsn(said="smtp; x " + "user " * 25_000, status=""), id="the same, as an answer"),
        pytest.param(
            b"From: postmaster@x\r\nSubject: " + b"=?utf-8?q?a?= " * 9000 + b"\r\n\r\nx", id="a subject without end"
        ),
        pytest.param(
            b"From: postmaster@x\r\n"
            + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(300))
            + b"x\r\n" * 40_000,
            id="lines within hundreds of parts",
        ),
    ],
)
def test_no_mail_takes_longer_than_others(content: bytes) -> None:
    """Of processor time; without the limits each takes some seconds at this size, and minutes at the largest."""
    began = time.process_time()
    read(content)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("charset", "spelled"), [("unicode_escape", b"\\ud800"), ("utf-7", b"+2AA-"), ("raw_unicode_escape", b"\\ud800")]
)
def test_what_is_read_can_be_stored(charset: str, spelled: bytes) -> None:
    head = f"From: postmaster@x\r\nContent-Type: text/plain; charset={charset}\r\n\r\n{ID}@a.example "
    said = read(head.encode() + spelled + b" no such user")
    assert isinstance(said, Report)
    assert said.because.encode().decode() == said.because


@given(st.binary(max_size=400), st.integers(0, 900))
def test_whatever_is_written_over_a_report_never_breaks_anything(noise: bytes, at: int) -> None:
    content = dsn()
    assert isinstance(read(content[:at] + noise + content[at + len(noise) :]), Report | Puzzling)


@pytest.mark.parametrize(
    ("code", "said", "of_recipient", "cause"),
    [
        (550, "5.1.1 User unknown", True, NO_SUCH_ADDRESS),
        (550, "Mailbox not found. http://service.mail.qq.com/", True, NO_SUCH_ADDRESS),
        (550, "User not found: office@163.example", True, NO_SUCH_ADDRESS),
        (550, "Mailbox unavailable or access denied", True, FAILED),
        (550, "RP:TRC policy", True, FAILED),
        (550, "", True, NO_SUCH_ADDRESS),
        (552, "5.2.2 over quota", True, NOT_ACCEPTING),
        (552, "", True, NOT_ACCEPTING),
        (452, "4.2.2 mailbox full", True, NOT_ACCEPTING),
        (450, "4.2.0 greylisted", True, NOT_ACCEPTING),
        (550, "5.2.1 mailbox disabled", True, NOT_ACCEPTING),
        (550, "5.1.8 sender's domain not found", True, FAILED),
        (554, "5.7.1 not wanted", False, FAILED),
        (552, "5.3.4 message too big", False, FAILED),
        (451, "4.3.0 try later", False, FAILED),
        (550, "邮箱不存在", True, NO_SUCH_ADDRESS),
    ],
)
def test_what_an_answer_says_of_the_address(code: int, said: str, of_recipient: bool, cause: str) -> None:
    assert cause_of(code, said, of_recipient) == cause
