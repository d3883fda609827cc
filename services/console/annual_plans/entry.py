"""Pages of annual plans."""

from __future__ import annotations

from typing import Final

from services.console.entry import Entry, Page

ANNUAL_PLANS: Final = Entry(
    "annual_plans",
    ("年度计划", "Annual plans"),
    (
        Page("GET /annual-plans", "GET /plan/annual-plans"),
        Page("GET /annual-plans.xlsx", "GET /plan/annual-plans", linked_at="/annual-plans"),
        Page("GET /annual-plans/new", "POST /plan/annual-plans"),
        Page("POST /annual-plans/new", "POST /plan/annual-plans"),
        Page("GET /annual-plans/{id}", "GET /plan/annual-plans/{id}"),
        Page("GET /annual-plans/{id}/edit", "PUT /plan/annual-plans/{id}"),
        Page("POST /annual-plans/{id}/edit", "PUT /plan/annual-plans/{id}"),
        Page("GET /annual-plans/{id}/amend", "POST /plan/annual-plans/{id}/amendment"),
        Page("POST /annual-plans/{id}/amend", "POST /plan/annual-plans/{id}/amendment"),
        Page("POST /annual-plans/{id}/{verb}", "GET /plan/annual-plans/{id}"),
    ),
)
