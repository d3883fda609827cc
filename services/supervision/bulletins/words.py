"""What document and workbook say of a correction, in the same words; what its two copies are called."""

from __future__ import annotations

from typing import Literal

from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.figures.quarter import Quarter

Copy = Literal["1", "2"]
Counterpart = Literal["1", "2", "both"]


def correction_zh(bulletin: Bulletin) -> str:
    return f"更正（{bulletin.correction}）" if bulletin.corrects else ""


def corrected_zh(bulletin: Bulletin) -> str:
    """The bulletin that is corrected: by its number, where it has one, or as the one of its quarter."""
    name = f"《职业技能鉴定质量通报（{Quarter.named(bulletin.quarter).name_zh}）》"
    before = f"更正（{bulletin.correction - 1}）" if bulletin.correction > 1 else ""
    return f"{name}{before}（{bulletin.corrects_number or bulletin.corrects}）"
