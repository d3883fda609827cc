"""Pages of approving."""

from __future__ import annotations

from typing import Final

from services.console.entry import Entry, Page

WHO_DECIDES: Final = "POST /plan/annual-plans/{id}/return"
"""Branch officers and the Centre's approver: whoever hands a form on may also send it back."""

APPROVALS: Final = Entry(
    "approvals",
    ("批量审批", "Approvals"),
    (
        Page("GET /approvals", WHO_DECIDES),
        Page("GET /approvals/{kind}/{id}", WHO_DECIDES),
        Page("POST /approvals/{kind}/{id}/{verb}", WHO_DECIDES),
    ),
)
