"""The forms on their way up, for pages that look at all of them: what they are called, where they are asked for and opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.console.documents.addresses import below


@dataclass(frozen=True, slots=True)
class FormKind:
    """kind: its noun. interface: of its list. here: of its pages; empty while it has none."""

    kind: str
    interface: str
    here: str

    def address(self, id: str) -> str:
        """Of one of them in the interface."""
        return below(self.interface, id)


FORMS: Final[tuple[FormKind, ...]] = (
    FormKind("annual_plan", "/plan/annual-plans", "/annual-plans"),
    FormKind("session_plan", "/plan/session-plans", "/session-plans"),
    FormKind("roster", "/reporting/rosters", "/rosters"),
    FormKind("work_report", "/supervision/work-reports", ""),
)
BY_KIND: Final = {form.kind: form for form in FORMS}
