"""Pages of signing in and out, and of how pages look."""

from __future__ import annotations

from typing import Final

from services.console.entry import PUBLIC, Entry, Page

SIGNING_IN: Final = Entry(
    "signing_in",
    ("登录", "Signing in"),
    (
        Page("GET /sign-in", PUBLIC),
        Page("POST /sign-in", PUBLIC),
        Page("POST /sign-out", PUBLIC),
        Page("GET /forgotten-password", PUBLIC),
        Page("POST /forgotten-password", PUBLIC),
        Page("GET /look", PUBLIC),
        Page("POST /look", PUBLIC),
    ),
    shown=False,
)
