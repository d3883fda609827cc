"""Pages of session plans."""

from __future__ import annotations

from typing import Final

from services.console.entry import Entry, Page

SESSION_PLANS: Final = Entry(
    "session_plans",
    ("鉴定计划", "Session plans"),
    (
        Page("GET /session-plans", "GET /plan/session-plans"),
        Page("GET /session-plans.xlsx", "GET /plan/session-plans", linked_at="/session-plans"),
        Page("GET /session-plans/new", "POST /plan/session-plans"),
        Page("POST /session-plans/new", "POST /plan/session-plans"),
        Page("GET /session-plans/{id}", "GET /plan/session-plans/{id}"),
        Page("GET /session-plans/{id}/edit", "PUT /plan/session-plans/{id}"),
        Page("POST /session-plans/{id}/edit", "PUT /plan/session-plans/{id}"),
        Page("GET /session-plans/{id}/postpone", "POST /plan/session-plans/{id}/postponement"),
        Page("POST /session-plans/{id}/postpone", "POST /plan/session-plans/{id}/postponement"),
        Page("GET /session-plans/{id}/cancel", "POST /plan/session-plans/{id}/cancellation"),
        Page("POST /session-plans/{id}/cancel", "POST /plan/session-plans/{id}/cancellation"),
        Page("GET /session-plans/{id}/draw", "POST /plan/session-plans/{id}/draw", help="paper_draws"),
        Page("POST /session-plans/{id}/draw", "POST /plan/session-plans/{id}/draw", help="paper_draws"),
        Page("POST /session-plans/{id}/{verb}", "GET /plan/session-plans/{id}"),
    ),
)
