"""The privacy notice, open to everybody."""

from __future__ import annotations

from typing import Final

from services.console.entry import PUBLIC, Entry, Page

PRIVACY: Final = Entry("privacy", ("个人信息保护说明", "Privacy"), (Page("GET /privacy", PUBLIC),), shown=False)
