"""What a body, its standing and what is done to it are called (rules §4.1); every service speaks of bodies."""

from __future__ import annotations

from shared.contracts.words import STANDINGS
from shared.words import Pair, Words

BODY = Words(
    "body",
    ("机构", "body"),
    states=STANDINGS,
    verbs={
        "register": ("登记", "registered"),
        "change": ("变更登记信息", "changed"),
        "license": ("许可", "licensed"),
        "inspect": ("年检", "inspected"),
        "order_rectification": ("责令限期整改", "told to rectify"),
        "clear_rectification": ("整改验收", "cleared of a rectification"),
        "suspend": ("暂停鉴定", "suspended"),
        "reinstate": ("恢复鉴定", "reinstated"),
        "revoke": ("取消资质", "revoked"),
        "strike_off": ("除名", "struck off"),
        "lift_sanction": ("解除处理", "freed of this sanction: it is not what put the body into this state"),
        "plan_sessions": ("编报鉴定计划", "given session plans"),
        "plan_year": ("编报年度计划", "given annual plans"),
    },
)

KINDS: dict[str, Pair] = {
    "centre": ("指导中心", "Centre"),
    "branch": ("分中心", "branch centre"),
    "station": ("鉴定站", "station"),
}


def office(code: str) -> Pair:
    """A body by what it is and its code, as far as the code says: digit 5 is 3 of a station, digits 3-4 are 00 of the
    Centre (rules §1.2)."""
    if not (len(code) == 8 and code.isdigit()):
        return f"机构 {code}", f"body {code}"
    kind = "station" if code[4] == "3" else "centre" if code[2:4] == "00" else "branch"
    zh, en = KINDS[kind]
    return f"{zh} {code}", f"{en} {code}"
