"""What a mail says of a letter of ours: a delivery status notification (RFC 3464), or the words of a server that writes none.

Anybody can write to this mailbox. Nothing here trusts what it reads: what cannot be understood is Puzzling, with a sentence."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from itertools import islice
from typing import Final, Literal

from shared.trade.undelivered import Cause, cause_of

MOST_PARTS: Final = 60
LONGEST_TEXT: Final = 200_000  # characters that are looked through, of each part
LONGEST_HEADER: Final = 2000  # characters of one; the library needs four times as long for twice as many
MOST_BOUNDARIES: Final = 40  # a report has two or three; each line is held against all of those it lies within
_CHARACTERS = re.compile(r"utf-8|ascii|gb\w+|hz|big5\w*|iso8859-\d+|cp\d+|koi8-\w|euc_\w+|shift_jis\w*|iso2022_\w+")
"""Whose names Python gives to sets of characters. It knows others, which stand for no text, or spell what nobody can store."""

_ID: Final = r"([0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})(?:\.(\d{1,4}))?@"
_OURS = re.compile(_ID)
_BOUNCE_SENDERS = ("mailer-daemon", "postmaster", "mail-daemon", "maildaemon")
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|undelivered|delivery (status|failure|has failed)|returned mail|failure notice|mail delivery"
    r"|退信|退回|投递失败|无法投递|未送达|发送失败|送达失败",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^([A-Za-z-]{2,40}):[ \t]*(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>@;,:\"()\[\]]{1,64}@[A-Za-z0-9.-]{1,190}")

Action = Literal["failed", "delivered", "waiting"]
_ACTIONS: dict[str, Action] = {
    "failed": "failed",
    "delivered": "delivered",
    # Not there yet, or in the hands of a server that reports no more.
    "delayed": "waiting",
    "relayed": "waiting",
    "expanded": "waiting",
}


@dataclass(frozen=True, slots=True)
class Report:
    """mailing: id of the letter; empty where only the address is named. attempt: of the letter. to: the address that it is about,
    original: the one that the letter was sent to, where that is named; empty: none. cause, because: of what failed."""

    action: Action
    mailing: str
    attempt: int
    to: str
    original: str
    cause: Cause
    because: str


@dataclass(frozen=True, slots=True)
class Puzzling:
    """because: what somebody has to know who looks at the mail; nothing of what stands in it."""

    because: str


NO_BOUNCE = Puzzling("不是退信或回执，请人工查看 · it reports nothing of a letter: somebody should read it")
GARBLED = Puzzling("内容无法读取 · it cannot be read")
MANY_LETTERS = Puzzling("涉及多封信函，无法对应 · it names several letters")
NOBODY_NAMED = Puzzling("是退信，但未写明哪封信函、哪个地址 · it is a bounce, but of which letter, to which address?")


def read(content: bytes) -> Report | Puzzling:
    """Of any bytes at all."""
    if content.lower().count(b"boundary") > MOST_BOUNDARIES:
        return GARBLED
    try:
        return _read(message_from_bytes(content))
    except (Exception, RecursionError):  # noqa: BLE001  what strangers write may break the library anywhere
        return GARBLED


def _read(mail: Message) -> Report | Puzzling:
    parts = list(islice(mail.walk(), MOST_PARTS))
    status = next((one for one in parts if one.get_content_type() == "message/delivery-status"), None)
    texts = [_text(one) for one in parts if not one.is_multipart()]
    if status is None and not _looks_like_a_bounce(mail):
        return NO_BOUNCE
    letters = _returned(parts) or _named([_headers(one) for one in parts] + texts)
    if len(letters) > 1:
        return MANY_LETTERS
    mailing, attempt = next(iter(letters), ("", 1))
    if status is not None:
        return _of_status(_fields(status), mailing, attempt)
    if not mailing:
        return NOBODY_NAMED
    said = " ".join(" ".join(texts).split())
    return Report("failed", mailing, attempt, "", "", cause_of(0, said, of_recipient=True), _short(said))


def _of_status(blocks: Sequence[dict[str, str]], mailing: str, attempt: int) -> Report | Puzzling:
    recipients = [one for one in blocks if one.get("action", "").split(";")[0].strip().lower() in _ACTIONS]
    if not recipients:
        return GARBLED
    if len(recipients) > 1:
        # Each letter of ours has one recipient: the rest are those that its mailbox passes it on to.
        recipients = [one for one in recipients if "original-recipient" in one] or recipients
    fields = recipients[0]
    action = _ACTIONS[fields["action"].split(";")[0].strip().lower()]
    original = _recipient(fields.get("original-recipient", ""))
    to = original or _recipient(fields.get("final-recipient", ""))
    if not mailing and not to:
        return NOBODY_NAMED
    detail = " ".join(fields.get("diagnostic-code", "").partition(";")[2].split()) or fields.get("diagnostic-code", "")
    said = f"{fields.get('status', '')} {detail}".strip()
    code = re.match(r"\d{3}\b", detail)
    cause = cause_of(int(code[0]) if code else 0, said, of_recipient=True)
    return Report(action, mailing, attempt, to, original, cause, _short(said))


def _looks_like_a_bounce(mail: Message) -> bool:
    sender = parseaddr(_header(mail, "From"))[1].partition("@")[0].lower()
    return sender in _BOUNCE_SENDERS or bool(_BOUNCE_SUBJECT.search(_header(mail, "Subject")))


# --- of which letter --------------------------------------------------------------------------------------------------


def _returned(parts: Sequence[Message]) -> set[tuple[str, int]]:
    """By the Message-ID of the letter that came back with the report, or of its headers."""
    found: list[str] = []
    for part in parts:
        match part.get_content_type():
            case "message/rfc822":
                payload = part.get_payload()
                inner = payload[0] if isinstance(payload, list) and payload else None
                if isinstance(inner, Message):
                    found.append(_header(inner, "Message-ID"))
            case "text/rfc822-headers":
                found += [value for name, value in _FIELD.findall(_text(part)) if name.lower() == "message-id"]
    return _named(found)


def _named(texts: Sequence[str]) -> set[tuple[str, int]]:
    """(id, attempt) of each letter of ours that is named."""
    return {(id, int(attempt or 1)) for text in texts for id, attempt in _OURS.findall(text.lower())}


def _headers(part: Message) -> str:
    return "\n".join(_header(part, name) for name in ("In-Reply-To", "References", "X-Failed-Message-ID", "Subject"))


# --- how it is written ------------------------------------------------------------------------------------------------


def _header(mail: Message, name: str) -> str:
    try:
        given = mail.get(name)
        pieces = decode_header(str(given)[:LONGEST_HEADER]) if given is not None else []
        return "".join(_decoded(text, charset) if isinstance(text, bytes) else text for text, charset in pieces)
    except (ValueError, LookupError, binascii.Error):
        return ""


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return _decoded(payload, part.get_content_charset()) if isinstance(payload, bytes) else ""


def _decoded(content: bytes, charset: str | None) -> str:
    """As it says; as UTF-8; else as most servers in China write without saying so."""
    for name in (charset or "utf-8", "utf-8", "gb18030"):
        try:
            if _CHARACTERS.fullmatch(codecs.lookup(name).name):
                return content[:LONGEST_TEXT].decode(name)
        except (ValueError, LookupError):
            continue
    return content[:LONGEST_TEXT].decode("utf-8", "replace")


def _fields(status: Message) -> list[dict[str, str]]:
    """Blocks of fields, by name in small letters. Some servers put them in base64, which the standard forbids."""
    payload = status.get_payload()
    blocks = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
    found = [{name.lower(): " ".join(str(value).split()) for name, value in one.items()} for one in blocks]
    if any("action" in one for one in found):
        return found
    raw = "".join(one.as_string() for one in blocks) or str(payload)
    return list(_blocks(_out_of_base64(raw)))


def _out_of_base64(raw: str) -> str:
    try:
        return _decoded(base64.b64decode("".join(raw.split()), validate=True), None)
    except (ValueError, binascii.Error):
        return raw


def _blocks(text: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\r?\n\s*\r?\n", text):
        fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(block)}
        if fields:
            yield fields


def _recipient(field: str) -> str:
    """`rfc822;office@example.org` → office@example.org"""
    found = _ADDRESS.search(field.rpartition(";")[2])
    return found[0] if found else ""


def _short(said: str) -> str:
    """Without addresses: it ends up in logs."""
    said = _ADDRESS.sub("…", said)
    return said if len(said) <= 300 else f"{said[:299]}…"
