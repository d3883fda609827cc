"""The words around the lines, the same on paper and in the workbook."""

from __future__ import annotations

from typing import Final, Literal

from services.certificate.filled_forms.filled_form import FilledForm, Heading, Volume
from shared.contracts.words import LEVEL_NAMES
from shared.trade.days import day_zh
from shared.trade.practice import is_practice

Copies = Literal["1", "2", "both"]
COPIES: Final = {"1": "（一）", "2": "（二）"}
COPY_NAMES: Final = {"1": "一式两份之一", "2": "一式两份之二"}
PRACTICE_MARK: Final = "培训 TRAINING · 无效 VOID"
"""Across every page and on every sheet of a practised roster (R2)."""


def labels(heading: Heading, volume: Volume) -> tuple[tuple[str, str], ...]:
    """What stands above the table of a volume: label and value."""
    return (
        ("鉴定站", f"{heading.body_zh}（{heading.body}）"),
        ("鉴定批次", heading.session),
        ("鉴定日期", day_zh(heading.held_on)),
        ("职业（工种）", f"{volume.occupation_zh}（{volume.occupation}）"),
        ("等级", LEVEL_NAMES[volume.level][0]),
        ("发证日期", day_zh(heading.issued_on)),
    )


def volume_zh(form: FilledForm, volume: Volume) -> str:
    return f"第 {volume.number} 册 共 {len(form.volumes)} 册"


def total_zh(form: FilledForm, volume: Volume) -> str:
    """Of the volume; of all of them too, where there are several."""
    all_of_them = f"（各册共计 {form.heading.lines} 人）" if len(form.volumes) > 1 else ""
    return f"本册合计 {volume.lines} 人{all_of_them}"


def sealing(heading: Heading) -> tuple[tuple[str, str], ...]:
    """Who puts a seal under it: the office's part in it and its name."""
    branch = (("分中心", heading.branch_zh or heading.branch),) if heading.branch else ()
    return (("鉴定站", heading.body_zh), *branch, ("中心", heading.centre_zh))


def is_practised(heading: Heading) -> bool:
    return is_practice(heading.body)
