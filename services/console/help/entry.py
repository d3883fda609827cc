"""Help is open to everybody: who cannot sign in needs it most."""

from __future__ import annotations

from typing import Final

from services.console.entry import PUBLIC, Entry, Page

HELP: Final = Entry("help", ("说明", "Help"), (Page("GET /help/{name}", PUBLIC),), shown=False)
