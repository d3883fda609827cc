"""What has to be done by a day, as its service declares it; what people read of it comes from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DutyRow:
    """what: its name, the same in facts, on the radar and in letters. zh, en: what is to be done. rule: where it stands."""

    what: str
    zh: str
    en: str
    rule: str
