"""Institution codes (rules §1.2)."""

from __future__ import annotations

import re
from typing import Final

from shared.errors import Invalid
from shared.trade.numbers.spelling import normalise

INDUSTRY: Final = "49"
"""The mark of the machinery industry in certificate numbers (R3). Another industry sets its own."""

STATION_TYPE: Final = "3"  # 行业特有工种鉴定站
CENTRE_TYPE: Final = "0"  # the Centre, or a branch centre, when it appraises itself
LOCAL_TYPES: Final = frozenset("124")  # national institute, local station, committee or enterprise: under a local body

SHAPE: Final = re.compile(r"[0-9]{4}[0-4][0-9]{3}")


def institution_code(text: str, *, industry: str = INDUSTRY) -> str:
    """An institution code of the industry: 8 digits, industry 2, second-level centre 2, type 3 or 0, serial 3.

    Returns it normalised. Raises Invalid."""
    code = normalise(text)
    if len(code) != 8 or not (code.isascii() and code.isdigit()):
        raise Invalid("机构编码应为 8 位数字 · an institution code has 8 digits")
    if code[:2] != industry:
        raise Invalid(f"机构编码前两位应为 {industry} · an institution code of this industry begins with {industry}")
    if code[4] not in (STATION_TYPE, CENTRE_TYPE):
        raise Invalid(
            "机构编码第 5 位应为 3(行业特有工种鉴定站)或 0(指导中心) · "
            "digit 5 of the institution code is 3 (industry station) or 0 (centre)"
        )
    if code[5:] == "000":
        raise Invalid("机构序号从 001 开始 · institution serials begin at 001")
    return code
