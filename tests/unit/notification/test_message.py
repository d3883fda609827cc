"""The message of a letter says to whoever reads it what the standard library would have had it say."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.notification.letters.letter import LetterWriter
from services.notification.letters.message import Attachment, written
from services.runtime.catalogue import REGISTER
from shared.trade.deadline import CHINA

AT = datetime(2026, 4, 3, 9, 0, tzinfo=UTC).astimezone(CHINA)
ID = "<0c9c1c1e@jianding.example>"

CHARACTERS = st.characters(exclude_categories=("Cs",))
LINES = st.text(st.one_of(st.sampled_from("鉴定张·𠮷é =?_.,:;\"'\\<>@()[]"), CHARACTERS), max_size=200)
TEXTS = st.lists(LINES, max_size=6).map("\n".join)
ADDRESSES = st.from_regex(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,30}(\.[a-z0-9]{1,20})?@[a-z0-9]{1,40}(\.[a-z]{2,20}){1,3}", fullmatch=True
)


def ours(**asked: Any) -> bytes:
    given = {
        "subject": "s",
        "sender": ("n", "no-reply@jianding.example"),
        "to": ("n", "a@example.org"),
        "text": "t",
        "html": "h",
    }
    return written(**(given | asked), at=AT, message_id=ID, letter="approved")


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def said(message: EmailMessage) -> dict[str, Any]:
    """What a mail program takes out of it."""
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert not message.defects and not any(part.defects for part in parts)
    return {
        **{name: message[name].datetime if name == "Date" else str(message[name]) for name in HEADERS},
        **{name: [one.addr_spec for one in message[name].addresses] for name in ("From", "To")},
        "type": message.get_content_type(),
        "texts": [part.get_content().replace("\r\n", "\n") for part in parts],  # type: ignore[attr-defined]
    }


HEADERS = ("Date", "Message-ID", "Auto-Submitted", "X-Jianding-Letter", "Content-Language", "MIME-Version")


def named(content: bytes, header: str) -> str:
    """By the older reader: the newer puts a blank between two encoded words of one name."""
    name, _ = parseaddr(message_from_bytes(content)[header].replace("\r\n", ""))
    return str(make_header(decode_header(name)))


def by_the_library(sender: tuple[str, str], to: str, text: str, html: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(sender[0], addr_spec=sender[1])
    message["To"] = Address(addr_spec=to)
    message["Date"] = AT
    message["Message-ID"] = ID
    message["Auto-Submitted"] = "auto-generated"
    message["X-Jianding-Letter"] = "approved"
    message["Content-Language"] = "zh-CN, en"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def as_one_line(text: str) -> str:
    return " ".join(text.split())


@settings(deadline=None)
@given(name=LINES, address=ADDRESSES, text=TEXTS, html=TEXTS)
@example(name="张三", address="zhang.san@example.org", text="您好：\n.点开头\n\n", html="<p>您好</p>")
@example(name='=SUM(1) "示例", 站', address="a@b.example", text="", html="")
@example(name="示例机械职业技能鉴定站" * 8, address="a@b.example", text="一行" * 600, html="")
@example(name='Zhang "San", <Jr.> \\', address="a@b.example", text="\r\nplain\rtext", html="--=_alternatives--\n")
@example(name="=?utf-8?q?an_encoded_word?=", address="a@b.example", text="x", html="y")
@example(name="Bcc: x@y\r\nBcc: z@example.org\r\n\r\nbody", address="a@b.example", text="x", html="y")
def test_it_reads_as_one_of_the_library(name: str, address: str, text: str, html: str) -> None:
    name = as_one_line(name)
    sender = ("鉴定中心", "no-reply@jianding.example")
    content = ours(sender=sender, to=(name, address), text=text, html=html)
    expected = said(by_the_library(sender, address, text, html))
    assert said(read(content)) == expected | {"Content-Language": "zh-CN, en"}, (
        "which it writes into the first part only"
    )
    assert (named(content, "From"), named(content, "To")) == (sender[0], name)


@settings(deadline=None)
@given(subject=LINES)
@example(subject="证书已可领取 · Certificates are ready")
@example(subject="=?utf-8?q?an_encoded_word?= and more")
@example(subject="a line\r\nBcc: z@example.org")
@example(subject="很长的题目" * 60)
@example(subject="long" * 300)
def test_the_subject_is_read_as_it_was_written(subject: str) -> None:
    assert str(read(ours(subject=subject))["Subject"]) == as_one_line(subject)


@settings(deadline=None)
@given(subject=LINES, name=LINES, text=TEXTS)
@example(subject="很长的题目" * 60, name="名" * 200, text="." * 2000)
@example(subject="a" + "𠮷" * 60, name="ab" + "鉴" * 60, text="")
def test_every_server_on_the_way_takes_it_as_it_is(subject: str, name: str, text: str) -> None:
    """RFC 5322: lines of at most 78 characters, ended by CRLF. None begins with a dot, none needs more than 7 bits."""
    content = ours(subject=subject, to=(name, "a@example.org"), text=text, html=text)
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or line.startswith(b".") or len(line) > 78 for line in lines)
    words = re.findall(rb"=\?utf-8\?\S*", content)
    assert [word for word in words if len(word) > 75] == [], "RFC 2047"
    for word in words:  # each is read by itself: none ends within a character
        b64decode(word.split(b"?")[3], validate=True).decode()


@settings(deadline=None)
@given(content=st.binary(max_size=2000), text=TEXTS)
@example(content=b"%PDF-1.7\r\n--=_files--\r\n.\r\n", text="x")
@example(content=b"", text="")
def test_a_file_comes_with_it_as_with_one_of_the_library(content: bytes, text: str) -> None:
    file = Attachment("decision-49053012.pdf", "application/pdf", content)
    message = read(ours(text=text, attachments=[file, file]))
    library = by_the_library(("n", "no-reply@jianding.example"), "a@example.org", text, "h")
    for _ in range(2):
        library.add_attachment(content, maintype="application", subtype="pdf", filename=file.name)
    expected = read(library.as_bytes())
    assert message.get_content_type() == expected.get_content_type() == "multipart/mixed"
    assert not message.defects
    ours_, theirs = list(message.iter_attachments()), list(expected.iter_attachments())
    for mine, other in zip(ours_, theirs, strict=True):
        assert (mine.get_filename(), mine.get_content_type()) == (other.get_filename(), other.get_content_type())
        assert mine.get_content() == other.get_content() == content
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert [as_one_line(body.get_content()) for body in bodies if body] == [as_one_line(text), "h"]
    assert str(message["Message-ID"]) == ID, "headers stand before the parts"


@pytest.mark.parametrize("name", ["", "a b.pdf", 'a".pdf', "a.pdf\r\nBcc: x@y", "判.pdf", "../a.pdf"])
def test_a_file_with_another_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        ours(attachments=[Attachment(name, "application/pdf", b"x")])


@pytest.mark.parametrize("address", ["张三@example.org", "a@例子.example"])
def test_an_address_beyond_ascii_stands_as_it_is(address: str) -> None:
    content = ours(to=("张三", address))
    to = message_from_string(content.decode(), policy=default)["To"]
    assert (to.addresses[0].display_name, to.addresses[0].addr_spec) == ("张三", address)
    assert f" <{address}>\r\n".encode() in content


def test_a_local_part_in_quotes_is_an_address() -> None:
    to = read(ours(to=("n", '"a b"@example.org')))["To"]
    assert [one.addr_spec for one in to.addresses] == ['"a b"@example.org']


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "a b@c", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", "a@"])
def test_what_is_no_address_is_written_to_nobody(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ours(to=("n", address))


def test_a_repeat_is_the_same_to_the_last_byte() -> None:
    writer = LetterWriter(REGISTER.templates.values())
    values = {
        "title_zh": "名册",
        "title_en": "Roster",
        "id": "r",
        "unit_zh": "站",
        "unit_en": "Station",
        "site": "s",
        "to_zh": "中心",
    }
    first, again = (
        writer.compose(
            mailing="m", letter="approved", values=values, to_name="站", to="a@b.example", sender="c@d.example", at=AT
        )
        for _ in range(2)
    )
    assert first == again
    assert (first.message_id, first.sender, first.to) == ("<m@d.example>", "c@d.example", "a@b.example")
