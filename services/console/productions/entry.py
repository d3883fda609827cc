"""Pages of production."""

from __future__ import annotations

from typing import Final

from services.console.entry import Entry, Page

_LIST: Final = "GET /certificate/productions"
_ONE: Final = "GET /certificate/productions/{roster}"
_PRINT_FILE: Final = "GET /certificate/batches/{id}/print-file"

PRODUCTIONS: Final = Entry(
    "productions",
    ("制作与寄发", "Production"),
    (
        Page("GET /productions", _LIST),
        Page("GET /productions.xlsx", _LIST, linked_at="/productions"),
        Page("GET /productions/{id}", _ONE),
        Page("GET /productions/{id}/progress", _ONE),
        Page("GET /productions/{id}/certificates", "GET /certificate/certificates"),
        Page("POST /productions/{id}/parcel", "POST /certificate/productions/{roster}/parcel"),
        Page("POST /productions/{id}/receipt", "POST /certificate/productions/{roster}/receipt"),
        Page("GET /productions/{id}/batches/{batch}/print-files/{n}", _PRINT_FILE, linked_at="/productions/{id}"),
        Page("POST /productions/{id}/batches/{batch}/redraw", "POST /certificate/batches/{id}/redraw"),
    ),
)
