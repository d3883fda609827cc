"""What is asked of supervision, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked, approval
from tests.access.samples import PRINT_FILE_SEAL

ASKED: dict[str, Asked] = {
    "POST /supervision/inspections": Asked(content={"body": "{code}", "on": "2026-04-20", "inspectors": "检查人"}),
    "GET /supervision/inspections": Asked(),
    "GET /supervision/inspections/{id}": Asked(kind="inspection"),
    "POST /supervision/inspections/{id}/performance": Asked(kind="inspection", content={"summary": "未发现问题"}),
    "POST /supervision/inspections/{id}/withdrawal": Asked(kind="inspection", content={"reason": "改期"}),
    "PUT /supervision/inspections/{id}/findings/{n}/evidence": Asked(
        kind="inspection", ids={"n": "1"}, query="title=x"
    ),
    "GET /supervision/inspections/{id}/evidence/{seal}": Asked(kind="inspection", ids={"seal": PRINT_FILE_SEAL}),
    "POST /supervision/inspections/{id}/answer": Asked(kind="inspection", content={"measures": "已整改"}),
    "POST /supervision/inspections/{id}/recheck": Asked(kind="inspection", content={"outcome": "pass"}),
    "POST /supervision/inspections/{id}/closing": Asked(kind="inspection"),
    "POST /supervision/number-checks": Asked(content={"number": "2631011001400001", "presented_by": "{code}"}),
    "POST /supervision/violations": Asked(content={"body": "{code}", "trigger": "paper_leak", "description": "泄题"}),
    "GET /supervision/violations": Asked(),
    "GET /supervision/violations/{id}": Asked(kind="violation"),
    "POST /supervision/violations/{id}/confirmation": Asked(kind="violation", content={"reason": "理由"}),
    "POST /supervision/violations/{id}/dismissal": Asked(kind="violation", content={"reason": "理由"}),
    "GET /supervision/sanctions/preview": Asked("anything", query="body=49053012"),
    "POST /supervision/sanctions": Asked(
        content={"body": "{code}", "measure": "notice", "reason": "理由", "violations": ["none"]}
    ),
    "GET /supervision/sanctions": Asked(),
    "GET /supervision/sanctions/{id}": Asked(kind="sanction"),
    "GET /supervision/sanctions/{id}/orders/{service}": Asked("anything", ids={"service": "plan"}),
    "GET /supervision/sanctions/{id}/decision.pdf": Asked(kind="sanction"),
    "GET /supervision/sanctions/{id}/paper": Asked("anything"),
    "POST /supervision/sanctions/{id}/confirmation": Asked(kind="sanction"),
    "POST /supervision/sanctions/{id}/withdrawal": Asked(kind="sanction", content={"reason": "理由"}),
    "POST /supervision/sanctions/{id}/lifting": Asked(kind="sanction", content={"reason": "理由"}),
    "POST /supervision/work-reports": Asked("own"),
    "GET /supervision/work-reports": Asked(),
    "GET /supervision/work-reports/{id}": Asked(kind="work_report"),
    "PUT /supervision/work-reports/{id}": Asked(
        kind="work_report", content={"work_done": "鉴定工作", "problems": "无", "suggestions": "无"}
    ),
    **approval("/supervision/work-reports", "work_report"),
    "GET /supervision/figures/{quarter}": Asked("own", ids={"quarter": "2026-Q1"}),
    "GET /supervision/bulletins": Asked("anything"),
    "POST /supervision/bulletins": Asked("anything"),
    "GET /supervision/bulletins/{id}": Asked("anything", ids={"id": "2020-Q1"}),
    "PUT /supervision/bulletins/{id}": Asked("anything", ids={"id": "2020-Q1"}),
    "POST /supervision/bulletins/{id}/publication": Asked("anything", ids={"id": "2020-Q1"}),
    "POST /supervision/bulletins/{id}/corrections": Asked("anything", ids={"id": "2020-Q1"}),
    "GET /supervision/bulletins/{id}/bulletin.pdf": Asked("anything", ids={"id": "2020-Q1"}),
    "GET /supervision/bulletins/{id}/bulletin.xlsx": Asked("anything", ids={"id": "2020-Q1"}),
}
