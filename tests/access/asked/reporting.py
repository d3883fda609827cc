"""What is asked of reporting, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked, approval, windups
from tests.world.seeding import a_line

TICKET = a_line(1).ticket
FORM = {"document_no": "机职鉴审〔2026〕1号", "reviewed_on": "2026-04-03", "panel": ["郑平", "冯强", "褚云"]}
WHOSE = {"ticket": TICKET, "name": "张二甲"}

ASKED: dict[str, Asked] = {
    "POST /reporting/rosters": Asked("own"),
    "GET /reporting/rosters": Asked(),
    "GET /reporting/rosters/counts": Asked(),
    "GET /reporting/rosters/{id}": Asked(kind="roster"),
    "PUT /reporting/rosters/{id}": Asked(
        kind="roster", content={"attendance": {"applied": 1, "accepted": 1, "examined": 1}}
    ),
    "GET /reporting/rosters/{id}/template.xlsx": Asked(kind="roster"),
    "PUT /reporting/rosters/{id}/workbook": Asked(kind="roster"),
    "POST /reporting/rosters/{id}/workbook/check": Asked(kind="roster"),
    "POST /reporting/rosters/{id}/workbook/marked": Asked(kind="roster"),
    "GET /reporting/rosters/{id}/pages/{page}": Asked(kind="roster", ids={"page": "1"}, service_ids={"page": "0"}),
    "POST /reporting/rosters/{id}/technician-reviews": Asked(kind="roster", content={"reviews": [{**FORM, **WHOSE}]}),
    "GET /reporting/rosters/{id}/technician-reviews": Asked(kind="roster"),
    "GET /reporting/rosters/{id}/technician-reviews/{ticket}": Asked(kind="roster", ids={"ticket": TICKET}),
    "PUT /reporting/rosters/{id}/technician-reviews/{ticket}": Asked(
        kind="roster", ids={"ticket": TICKET}, content={**FORM, "reason": "抄录有误"}
    ),
    "GET /reporting/rosters/{id}/missing-technician-reviews": Asked(kind="roster"),
    "GET /reporting/rosters/{id}/sealed": Asked(kind="roster"),
    **approval("/reporting/rosters", "roster"),
    **windups("reporting"),
}
