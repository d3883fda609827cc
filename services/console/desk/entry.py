"""The first page: what lies on this desk, and what this office owes."""

from __future__ import annotations

from typing import Final

from services.console.entry import Entry, Page

DESK: Final = Entry("desk", ("工作台", "Desk"), (Page("GET /", "GET /directory/me"),))
