"""The digest at the end of the play."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.demo import digest


class Answers:
    async def get(self, path: str) -> dict[str, Any]:
        assert path == "/notification/digests/2026-04-03"
        return {
            "subject": "2026年4月3日事项汇总：待审核 2 件 · Digest",
            "text": "示例东方分中心：\n\n　　截至2026年4月3日\n",
        }


async def test_the_letter_is_printed_as_its_office_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    found: Any = Answers()
    digest.show(await digest.read(found, date(2026, 4, 3)), "示例东方分中心")
    printed = capsys.readouterr().out
    assert "每日汇总，示例东方分中心" in printed
    assert "标题 subject: 2026年4月3日事项汇总：待审核 2 件" in printed
    assert "示例东方分中心：\n\n　　截至2026年4月3日\n" in printed
