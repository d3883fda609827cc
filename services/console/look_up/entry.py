"""The public page on which a certificate is looked up."""

from __future__ import annotations

from typing import Final

from services.console.entry import PUBLIC, Entry, Page

LOOK_UP: Final = Entry(
    "look_up",
    ("证书查询", "Verify a certificate"),
    (Page("GET /look-up", PUBLIC), Page("POST /look-up", PUBLIC)),
    shown=False,
)
