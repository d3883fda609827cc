"""Print files, on one core, against ReportLab drawing each page, and drawing the form once."""

from __future__ import annotations

import asyncio

from services.bench import drawing_alone, reportlab_sheets
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians
from services.certificate.production.drawing.print_file import draw


def measure(place: Place, size: int) -> list[Figure]:
    """size: sheets of the batch."""
    return asyncio.run(_measure(size))


async def _measure(size: int) -> list[Figure]:
    sheets = drawing_alone.sheets(size)
    what = "绘制 · drawing"
    if not reportlab_sheets.there():
        (ours,) = await medians(lambda: draw(sheets))
        return [
            Figure(what, size / ours, "页/s pages/s", None, "ReportLab 未安装 · not installed (requirements-dev.in)")
        ]
    ours, each, once = await medians(
        lambda: draw(sheets),
        lambda: reportlab_sheets.draw(sheets, form_once=False),
        lambda: reportlab_sheets.draw(sheets, form_once=True),
    )
    return [
        Figure(what, size / ours, "页/s pages/s", size / each, "ReportLab，每页全绘 · every page whole"),
        Figure(what, size / ours, "页/s pages/s", size / once, "ReportLab，表格只绘一次 · its form drawn once"),
    ]


ROW = Row(
    what="绘制 · drawing",
    goal="≥ 4 × ReportLab，≥ 2 × 表格只绘一次 · with its form drawn once",
    sizes=(200,),
    quick=200,
    tiny=2,
    measure=measure,
)
