"""The decision of a sanction on paper."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pikepdf
import pytest

from services.supervision.sanctions.paper import pdf
from services.supervision.sanctions.sanction import CONFIRMED, Sanction
from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import MEASURES

CENTRE, STATION = "49000001", "49053012"
PATH = "/49000001/49050001/49053012/"


def body(code: str, zh: str, en: str, path: str) -> BodyRegistered:
    return BodyRegistered(
        body=code, kind="station", path=path, name_zh=zh, name_en=en, produces=False, email="office@example.org"
    )


STATION_BODY = body(STATION, "示例机床集团鉴定站", "Example Station", PATH)
CENTRE_BODY = body(CENTRE, "示例机械工业职业技能鉴定指导中心", "Example Centre", "/49000001/")


def sanction(**given: Any) -> Sanction:
    usual = {
        "id": "5f3f0d0e-7d4a-5c52-9c34-3f1d8f3c9a10",
        "state": CONFIRMED,
        "body": STATION,
        "path": PATH,
        "measure": "suspension",
        "reason": "考评人员不足三人",
        "until": date(2026, 6, 30),
        "proposed_by": "a",
        "confirmed_at": datetime(2026, 4, 2, 16, 30, tzinfo=UTC),
    }
    return Sanction(**{**usual, **given})


@pytest.mark.parametrize("measure", MEASURES)
def test_it_says_what_a_decision_says(measure: str) -> None:
    content = pdf.content_of(sanction(measure=measure), STATION_BODY, CENTRE_BODY)
    assert content["title_zh"] == "关于对示例机床集团鉴定站的处理决定"
    assert content["issuer_zh"] == "示例机械工业职业技能鉴定指导中心"
    assert content["day_zh"] == "2026年4月3日", "the day in China"
    assert "考评人员不足三人" in content["zh"][1] and len(content["zh"]) == 4
    assert all(text.strip() for text in (*content["zh"], *content["en"]))


def test_the_same_decision_is_the_same_file_and_small() -> None:
    first, again = (pdf.draw(sanction(), STATION_BODY, CENTRE_BODY, None) for _ in range(2))
    assert first == again
    assert len(first) < 1024 * 1024
    with pikepdf.open(io.BytesIO(first)) as opened:
        assert len(opened.pages) == 1
        assert "关于对示例机床集团鉴定站的处理决定" in str(opened.docinfo["/Title"])


def test_a_character_that_no_font_has_does_not_hold_a_decision_up() -> None:
    assert pdf.draw(sanction(reason='理由\U000f0000\n第二行 "引号"'), STATION_BODY, CENTRE_BODY, None).startswith(
        b"%PDF"
    )
