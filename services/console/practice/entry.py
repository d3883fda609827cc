"""The page about training. Open to everybody: letters lead here, and so does the refusal of whoever is not trained yet."""

from __future__ import annotations

from typing import Final

from services.console.entry import PUBLIC, Entry, Page

PRACTICE: Final = Entry("practice", ("培训", "Training"), (Page("GET /training", PUBLIC),))
