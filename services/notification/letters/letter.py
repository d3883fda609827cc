"""A letter is a folder: `subject.txt`, `body.txt`, `body.html`. Rendering is strict: a missing value is an error.

The folder lies with the service whose facts make the letter; those of the way that all forms go lie here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.meta import find_undeclared_variables

from services.notification.letters.message import written
from services.notification.letters.words import FILTERS
from shared.ports.mailer import ReadyLetter
from shared.trade.deadline import CHINA

PRACTICE_MARK = "【培训 Training】"
PRACTICE_LINE = "培训模式：本信所述事项仅供练习，不具效力。Practice: nothing in this letter counts."


class LetterWriter:
    """folders: where the letters lie, each in a folder of its own name (shared.register)."""

    def __init__(self, folders: Iterable[Path]) -> None:
        loader = FileSystemLoader(sorted({folder.parent for folder in folders}))
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
            environment.filters |= FILTERS
        self._asked: dict[str, set[str]] = {}

    def render(self, letter: str, values: Mapping[str, Any]) -> tuple[str, str, str]:
        """(subject, text, html), marked as practice where `values` say `training`. Raises jinja2.UndefinedError when the
        letter needs a value that is not there."""
        is_practice = bool(values.get("training"))
        values = {**values, "practice_line": PRACTICE_LINE if is_practice else ""}
        subject = self._plain.get_template(f"{letter}/subject.txt").render(values)
        text = self._plain.get_template(f"{letter}/body.txt").render(values)
        html = self._html.get_template(f"{letter}/body.html").render(values)
        if is_practice:
            subject, text = PRACTICE_MARK + subject, f"{PRACTICE_LINE}\n\n{text}"
        return re.sub(r"\s+", " ", subject).strip(), text, html

    def needs(self, letter: str, value: str) -> bool:
        """Whether the text of a letter asks for this value."""
        return value in self._asked_for(letter)

    def _asked_for(self, letter: str) -> set[str]:
        """Read once: parsing a template takes longer than writing the letter."""
        if letter not in self._asked:
            loader = self._plain.loader
            assert loader is not None
            source, _, _ = loader.get_source(self._plain, f"{letter}/body.txt")
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
    ) -> ReadyLetter:
        """`mailing` makes the Message-ID, so a repeat carries the same one; `at` is when it was planned. reply_to: bare
        address. unsubscribe: URL that a POST unsubscribes at; both empty: none. Raises ValueError for an address that is
        none."""
        subject, text, html = self.render(letter, values)
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
        )
        return ReadyLetter(message_id, address, to, letter, planned_at, content, bulk)
