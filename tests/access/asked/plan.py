"""What is asked of plan, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked, approval, windups

ASKED: dict[str, Asked] = {
    "GET /plan/occupations": Asked("anything"),
    "GET /plan/licences/{code}": Asked("above and below", kind="body"),
    "POST /plan/annual-plans": Asked("own"),
    "GET /plan/annual-plans": Asked(),
    "GET /plan/annual-plans/counts": Asked(),
    "GET /plan/annual-plans/{id}": Asked(kind="annual_plan"),
    "PUT /plan/annual-plans/{id}": Asked(
        kind="annual_plan", content={"items": [{"occupation": "6-04-01-01", "level": 4, "heads": 1}]}
    ),
    "POST /plan/annual-plans/{id}/amendment": Asked(
        kind="annual_plan",
        content={"items": [{"occupation": "6-04-01-01", "level": 4, "heads": 1}], "reason": "增加人数"},
    ),
    **approval("/plan/annual-plans", "annual_plan"),
    "POST /plan/session-plans": Asked("own"),
    "GET /plan/session-plans": Asked(),
    "GET /plan/session-plans/counts": Asked(),
    "GET /plan/session-plans/{id}": Asked(kind="session_plan"),
    "PUT /plan/session-plans/{id}": Asked(
        kind="session_plan",
        content={
            "held_on": "2026-04-03",
            "place": "考场",
            "in_charge": "吴刚",
            "items": [{"occupation": "6-04-01-01", "level": 4, "heads": 1}],
        },
    ),
    **approval("/plan/session-plans", "session_plan"),
    "POST /plan/session-plans/{id}/draw": Asked(
        kind="session_plan",
        content={"sets": [{"occupation": "6-04-01-01", "level": 4, "set": 1}], "witness": "何监督"},
    ),
    "POST /plan/session-plans/{id}/postponement": Asked(
        kind="session_plan", content={"held_on": "2026-06-03", "reason": "理由"}
    ),
    "POST /plan/session-plans/{id}/cancellation": Asked(kind="session_plan", content={"reason": "理由"}),
    **windups("plan"),
}
