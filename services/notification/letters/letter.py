"""A letter is a folder: `subject.txt`, `zh.txt`, `en.txt`. One line is one paragraph; what stands around them is the same for all
letters (`frame.txt`, `frame.html`). Rendering is strict: a missing value is an error.

The folder lies with the service whose facts make the letter; those of the way that all forms go lie here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.meta import find_undeclared_variables
from markupsafe import Markup, escape

from services.notification.letters.message import Attachment, written
from services.notification.letters.particulars import particulars
from services.notification.letters.words import FILTERS
from shared.ports.mailer import ReadyLetter
from shared.trade.deadline import CHINA, local_day

PRACTICE_MARK = "【培训 Training】"
PRACTICE_LINE = "培训模式：本信所述事项仅供练习，不具效力。Practice: nothing in this letter counts."
FRAMES = Path(__file__).with_name("templates")

_OF_EARLIER_RELEASES: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("centre_zh", "centre_en", "branch_zh", "branch_en", "endorsed_zh", "endorsed_en"), ""),
    **dict.fromkeys(("to_en", "document_number", "taken_back_zh", "taken_back_en", "cancelled_zh", "cancelled_en"), ""),
    **dict.fromkeys(("inspected_zh", "inspected_en", "host", "since", "postponed_to"), ""),
    "decides": False,
    "issuer_zh": "机械工业职业技能鉴定指导中心",
    "issuer_en": "Vocational Skill Appraisal Guidance Centre of the Machinery Industry",
    "dated": "1970-01-01",
}
"""Values that letters they planned, and some of ours, do not have."""
_ADDRESSES: Final = ("link", "verify_url", "training_url")
"""Values that people follow where a paragraph names them; an address in somebody's reason is text and nothing more."""
_WIDTH: Final = 30  # Chinese characters of a line of the text part, at whose end the foot stands
_RULE = re.compile(r"^\.([a-z-]+) \{ (.+) \}$", re.MULTILINE)
_CLASS = re.compile(r'class="([a-z-]+)"')
_LINK: Final = '<a class="link" href="{0}">{1}</a>'
_WORD: Final = '<a class="word" href="{0}">{1}</a>'
_STYLES: Final[Mapping[str, str]] = dict(
    _RULE.findall((files("shared.web") / "static" / "letter.css").read_text(encoding="utf-8"))
)


@dataclass(frozen=True, slots=True)
class Written:
    """The lines of a letter, and what its frame says."""

    subject: str
    values: Mapping[str, Any]
    zh: list[str]
    en: list[str]


class LetterWriter:
    """folders: where the letters lie, each in a folder of its own name (shared.register)."""

    def __init__(self, folders: Iterable[Path]) -> None:
        loader = FileSystemLoader(sorted({FRAMES, *(folder.parent for folder in folders)}))
        self._plain, self._html = (
            Environment(
                loader=loader,
                autoescape=html,
                undefined=StrictUndefined,
                keep_trailing_newline=True,
                auto_reload=False,  # the files are those of the release
                cache_size=-1,
            )
            for html in (False, True)
        )
        for environment in (self._plain, self._html):
            environment.filters |= {**FILTERS, "flush_right": _flush_right}
        frame = (FRAMES / "frame.html").read_text(encoding="utf-8")
        self._mail, self._page = (self._html.from_string(text) for text in (_styled(frame), frame))
        self._asked: dict[str, set[str]] = {}

    def render(self, letter: str, values: Mapping[str, Any]) -> tuple[str, str, str]:
        """(subject, text, html), marked as practice where `values` say `training`. Raises jinja2.UndefinedError when the
        letter needs a value that is not there."""
        found = self._write(letter, values)
        addresses = _addresses(found)
        around = {**found.values, "zh": found.zh, "en": found.en, "addresses": addresses}
        text = self._plain.get_template("frame.txt").render(around)
        if found.values["practice_line"]:
            text = f"{PRACTICE_LINE}\n\n{text}"
        return found.subject, text, self._mail.render(_of_a_page(found, (_styled(_LINK), _styled(_WORD))))

    def page(self, letter: str, values: Mapping[str, Any], stylesheet: str) -> str:
        """The letter as a page of a browser, which loads its look: our pages have none inside (shared.web.edge.headers)."""
        found = self._write(letter, values)
        return self._page.render(_of_a_page(found, (_LINK, _WORD), stylesheet))

    def _write(self, letter: str, values: Mapping[str, Any]) -> Written:
        is_practice = bool(values.get("training"))
        said_zh, said_en = particulars(values)
        values = {
            **_OF_EARLIER_RELEASES,
            "page": values.get("site", ""),
            "particulars_zh": said_zh,
            "particulars_en": said_en,
            **values,
            "practice_line": PRACTICE_LINE if is_practice else "",
        }
        subject, zh, en = (
            self._plain.get_template(f"{letter}/{part}.txt").render(values) for part in ("subject", "zh", "en")
        )
        subject = re.sub(r"\s+", " ", subject).strip()
        values["heading"] = subject.partition(" · ")[0]
        return Written(f"{PRACTICE_MARK if is_practice else ''}{subject}", values, _paragraphs(zh), _paragraphs(en))

    def needs(self, letter: str, value: str) -> bool:
        """Whether the text of a letter asks for this value."""
        return value in self._asked_for(letter)

    def _asked_for(self, letter: str) -> set[str]:
        """Read once: parsing a template takes longer than writing the letter."""
        if letter not in self._asked:
            loader = self._plain.loader
            assert loader is not None
            source, _, _ = loader.get_source(self._plain, f"{letter}/zh.txt")
            self._asked[letter] = find_undeclared_variables(self._plain.parse(source))
        return self._asked[letter]

    def compose(
        self,
        *,
        mailing: str,
        letter: str,
        values: Mapping[str, Any],
        to_name: str,
        to: str,
        sender: str,
        at: datetime,
        reply_to: str = "",
        unsubscribe: str = "",
        bulk: bool = False,
        attachments: Iterable[Attachment] = (),
    ) -> ReadyLetter:
        """`mailing` makes the Message-ID, so a repeat carries the same one; `at` is when it was planned. reply_to: bare
        address. unsubscribe: URL that a POST unsubscribes at; both empty: none. Raises ValueError for an address that is
        none."""
        subject, text, html = self.render(letter, {"dated": local_day(at).isoformat(), **values})
        name, address = parseaddr(sender)
        message_id = f"<{mailing}@{address.rpartition('@')[2]}>"
        planned_at = at.astimezone(CHINA)
        content = written(
            subject=subject,
            sender=(name, address),
            to=(to_name, to),
            at=planned_at,
            message_id=message_id,
            letter=letter,
            text=text,
            html=html,
            reply_to=reply_to,
            unsubscribe=unsubscribe,
            attachments=attachments,
        )
        return ReadyLetter(message_id, address, to, letter, planned_at, content, bulk)


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _flush_right(text: str) -> str:
    """As far to the right as a foot stands; by wide blanks, for the text part knows no other way."""
    return "　" * max(0, _WIDTH - len(text)) + text


def _addresses(found: Written) -> list[str]:
    return [str(found.values[name]) for name in _ADDRESSES if found.values.get(name)]


def _of_a_page(found: Written, links: tuple[str, str], stylesheet: str = "") -> dict[str, Any]:
    """links: how an address is written that people follow, and how one that stands behind a word. `followed`: those of a list
    (digests), which stand behind one."""
    labels = dict.fromkeys(_addresses(found), ("", ""))
    labels |= {str(address): ("查阅", "open") for address in found.values.get("followed", ())}
    zh, en = (
        [_linked(line, links, {address: label[n] for address, label in labels.items()}) for line in lines]
        for n, lines in enumerate((found.zh, found.en))
    )
    return {**found.values, "zh": zh, "en": en, "stylesheet": stylesheet}


def _linked(line: str, links: tuple[str, str], labels: Mapping[str, str]) -> Markup:
    """labels: address → what stands there instead of it; empty: itself. The longest first: one may begin like another."""
    known = "|".join(re.escape(address) for address in sorted(labels, key=len, reverse=True))
    if not known:
        return escape(line)
    pieces = re.split(f"({known})", line)  # every second one is an address
    return Markup("").join(
        Markup(links[bool(labels[one])]).format(one, labels[one] or one) if n % 2 else escape(one)
        for n, one in enumerate(pieces)
    )


def _styled(frame: str) -> str:
    """Every class as the style that it stands for."""
    return _CLASS.sub(lambda found: f'style="{_STYLES[found[1]]}"', frame)
