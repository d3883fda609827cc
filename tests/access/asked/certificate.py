"""What is asked of certificate, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked, windups

ASKED: dict[str, Asked] = {
    "GET /certificate/productions": Asked(),
    "GET /certificate/productions/counts": Asked(),
    "GET /certificate/productions/{roster}": Asked(kind="roster"),
    "GET /certificate/productions/{roster}/steps": Asked(kind="roster"),
    "POST /certificate/productions/{roster}/parcel": Asked(
        kind="roster", content={"carrier": "中国邮政EMS", "parcel": "EA000000001CN"}
    ),
    "POST /certificate/productions/{roster}/receipt": Asked(kind="roster", content={"certificates": 1}),
    "GET /certificate/productions/{roster}/form6": Asked(kind="roster"),
    "GET /certificate/productions/{roster}/form6.pdf": Asked(kind="roster"),
    "GET /certificate/productions/{roster}/form6.xlsx": Asked(kind="roster"),
    "GET /certificate/batches": Asked(kind="roster", query="roster={roster}"),
    "GET /certificate/batches/{id}": Asked(kind="batch"),
    "GET /certificate/batches/{id}/print-file": Asked(kind="batch"),
    "POST /certificate/batches/{id}/redraw": Asked(kind="batch"),
    "GET /certificate/certificates": Asked(kind="roster", query="roster={roster}"),
    "GET /certificate/holders": Asked("anything", query="roster=none"),
    "GET /certificate/numbers/{number}": Asked("anything", ids={"number": "2649053012400001"}),
    "POST /certificate/verifications": Asked("nobody's"),
    "GET /certificate/v/{number}/{key}": Asked("nobody's", ids={"number": "2649053012400001", "key": "x"}),
    **windups("certificate"),
}
