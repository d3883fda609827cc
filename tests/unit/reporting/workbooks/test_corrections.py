"""What a correction says of itself, and how many are listed."""

from __future__ import annotations

import pytest

from services.reporting.rosters.workbook.findings import LONGEST_QUOTED, MOST_LISTED, Correction, Findings


def test_it_says_what_was_typed_and_how_it_was_read() -> None:
    findings = Findings()
    findings.changed("名册!C7", "写法已统一 · spelling unified", "张三", was=" 张三")
    findings.changed("名册!B7", "日期已更正 · date put right", "2026-03-01", was="2026/3/1 00:00:00", confirm=True)
    assert findings.listed("工作簿")[1] == (
        Correction("名册!C7", "写法已统一 · spelling unified", "张三", " 张三", "spelling"),
        Correction("名册!B7", "日期已更正 · date put right", "2026-03-01", "2026/3/1 00:00:00", "confirm"),
    )
    assert findings.notes[0].fix == "读作 张三 · read as 张三"


def test_a_long_cell_is_quoted_by_its_beginning() -> None:
    """Ten thousand full cells would be a third of a gigabyte."""
    findings = Findings()
    findings.changed("名册!C7", "写法已统一 · spelling unified", "字", was="字" * 32_767)
    assert len(findings.notes[0].was) == LONGEST_QUOTED
    assert findings.notes[0].was.endswith("…")


@pytest.mark.parametrize("confirm", [True, False])
def test_what_is_not_listed_weighs_as_much_as_the_heaviest_of_it(confirm: bool) -> None:
    findings = Findings()
    for n in range(MOST_LISTED + 2):
        findings.changed(f"名册!C{n}", "写法已统一 · spelling unified", "张三", confirm=confirm and n == MOST_LISTED)
    (*_, last) = findings.listed("工作簿")[1]
    assert (last.where, last.fix, last.weight) == ("工作簿", "", "confirm" if confirm else "spelling")
    assert last.what.startswith("另有 2 处未列出")
