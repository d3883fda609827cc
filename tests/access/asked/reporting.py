"""What is asked of reporting, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked, approval, windups

ASKED: dict[str, Asked] = {
    "POST /reporting/rosters": Asked("own"),
    "GET /reporting/rosters": Asked(),
    "GET /reporting/rosters/{id}": Asked(kind="roster"),
    "PUT /reporting/rosters/{id}": Asked(
        kind="roster", content={"attendance": {"applied": 1, "accepted": 1, "examined": 1}}
    ),
    "GET /reporting/rosters/{id}/template.xlsx": Asked(kind="roster"),
    "PUT /reporting/rosters/{id}/workbook": Asked(kind="roster"),
    "GET /reporting/rosters/{id}/pages/{page}": Asked(kind="roster", ids={"page": "0"}),
    "GET /reporting/rosters/{id}/sealed": Asked(kind="roster"),
    **approval("/reporting/rosters", "roster"),
    **windups("reporting"),
}
