"""The message of RFC 5322 that carries a letter: one text, and the same as a page; with files, where it comes with some.

Written by hand over the older half of the standard library, because its newer half (`email.message.EmailMessage`) parses and
folds every header several times over: it took longer than all the rest of a letter. The tests hold each message against what
the library reads in it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import format_datetime, formataddr

CRLF = "\r\n"
ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"  # RFC 8058
_BETWEEN_PARTS = "=_alternatives"  # no line of base64 holds an underscore, so it need not differ from letter to letter
_BETWEEN_FILES = "=_files"
_OF_A_WORD = 42  # bytes, which make 68 characters: a line holds no more than 78 with the name of its header in front
_READS_AS_IT_IS = re.compile(r"(?!.*=\?)[ -~]{0,60}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,50}")
_NOT_IN_AN_ADDRESS = r'\s\x00-\x1f\x7f()<>@,:;\\"\[\]'
_ORDINARY = re.compile(f"[^{_NOT_IN_AN_ADDRESS}]+@[^{_NOT_IN_AN_ADDRESS}]+")
"""Any other, as one in quotes, is for the library to read, or to refuse."""


class NoAddress(ValueError):
    """Nothing that a letter could go to."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """name: of the file, in plain ASCII without blanks. media_type: like application/pdf."""

    name: str
    media_type: str
    content: bytes


def written(
    *,
    subject: str,
    sender: tuple[str, str],
    to: tuple[str, str],
    at: datetime,
    message_id: str,
    letter: str,
    text: str,
    html: str,
    reply_to: str = "",
    unsubscribe: str = "",
    attachments: Iterable[Attachment] = (),
) -> bytes:
    """sender, to: name and bare address. at: in the time zone of the reader. Whatever the names and the subject say, they
    stay one header each. Raises ValueError for an address that is none."""
    headers = [
        f"Subject: {_unstructured(subject)}",
        f"From: {_mailbox(*sender)}",
        f"To: {_mailbox(*to)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {message_id}",
        "Auto-Submitted: auto-generated",
        f"X-Jianding-Letter: {letter}",
        "Content-Language: zh-CN, en",
        "MIME-Version: 1.0",
        *([f"Reply-To: {_mailbox('', reply_to)}"] if reply_to else []),
        *([f"List-Unsubscribe: <{unsubscribe}>", ONE_CLICK] if unsubscribe else []),
    ]
    content = _several("alternative", _BETWEEN_PARTS, (_part("plain", text), _part("html", html)))
    attached = [_file(one) for one in attachments]
    if attached:
        content = _several("mixed", _BETWEEN_FILES, (content, *attached))
    return (CRLF.join(headers) + CRLF + content).encode()


def _several(subtype: str, between: str, parts: Iterable[str]) -> str:
    """Their header, an empty line, and the parts, each with its own headers."""
    body = "".join(f"--{between}{CRLF}{part}" for part in parts) + f"--{between}--{CRLF}"
    return f'Content-Type: multipart/{subtype}; boundary="{between}"{CRLF * 2}{body}'


def _file(attachment: Attachment) -> str:
    """Raises ValueError for a name that is not plain: nothing may end its header."""
    if not _PLAIN_NAME.fullmatch(attachment.name):
        raise ValueError("a file of a letter has a plain name")
    content = base64.encodebytes(attachment.content).decode("ascii").replace("\n", CRLF)
    headers = (
        f"Content-Type: {attachment.media_type}",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{attachment.name}"',
    )
    return CRLF.join(headers) + CRLF * 2 + content


def _part(subtype: str, text: str) -> str:
    """In base64, which passes every server on the way as it is: no line is too long, none begins with a dot."""
    lines = b"\r\n".join(text.encode().splitlines())
    content = base64.encodebytes(lines + b"\r\n").decode("ascii").replace("\n", CRLF)
    headers = (f'Content-Type: text/{subtype}; charset="utf-8"', "Content-Transfer-Encoding: base64")
    return CRLF.join(headers) + CRLF * 2 + content


def _unstructured(text: str) -> str:
    line = " ".join(text.split())
    return line if _READS_AS_IT_IS.fullmatch(line) else _encoded(line)


def _mailbox(name: str, address: str) -> str:
    address = address_of(address)
    name = " ".join(name.split())
    if _READS_AS_IT_IS.fullmatch(name) and address.isascii():
        return formataddr((name, address))
    return f"{_encoded(name)}{CRLF} <{address}>"


def address_of(written: str) -> str:
    """As it stands in a header. Raises NoAddress."""
    if _ORDINARY.fullmatch(written):
        return written
    try:
        return Address(addr_spec=written).addr_spec
    except (MessageError, IndexError, ValueError) as error:
        raise NoAddress("this is no e-mail address") from error


def _encoded(text: str) -> str:
    """Encoded words (RFC 2047), as many as it takes; none ends within a character. The library tries every character both
    ways that the standard knows, which takes as long as rendering the letter."""
    content, words, first = text.encode(), [], 0
    while first < len(content):
        end = first + _OF_A_WORD
        while end < len(content) and content[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        words.append(f"=?utf-8?b?{base64.b64encode(content[first:end]).decode('ascii')}?=")
        first = end
    return f"{CRLF} ".join(words)
