"""Words that travel in every contract: levels, institution codes, seals, counts per level."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import Doc

Level = Annotated[
    int,
    Field(
        ge=1,
        le=5,
        description=(
            "技能等级：5 最低（初级工），1 最高（高级技师） · Skill level: 5 is the lowest (初级工), 1 the "
            "highest (高级技师)"
        ),
    ),
]
InstitutionCode = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}[0-4]\d{3}$"),
    Field(
        description=(
            "机构编码，8 位数字：行业或省 2 位、二级中心 2 位、类型 1 位、顺序号 3 位 · 8 digits: industry or "
            "province 2, second-level centre 2, type 1, serial 3"
        ),
        examples=["49053012"],
    ),
]
BodyPath = Annotated[
    str,
    StringConstraints(pattern=r"^/(\d{8}/){1,3}$"),
    Field(
        description="本机构及其各级上级，中心在前 · The body and everything above it, Centre first",
        examples=["/49000001/49050001/49053012/"],
    ),
]
AccountRef = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f-]{36}$"),
    Field(
        description=(
            "账号代号：代替账号，账号本身不进入消息（`shared.identity.account_ref`） · Stands for an account, "
            "whose id stays off the bus (shared.identity.account_ref)"
        )
    ),
]
ConcernedBody = Annotated[InstitutionCode, Doc("有关机构的编码 · institution code of the body concerned")]
ConcernedPath = Annotated[
    BodyPath, Doc("有关机构及其各级上级，中心在前 · the body and everything above it, Centre first")
]
TakenFrom = Annotated[InstitutionCode, Doc("撤回前应当办理的机构 · the body from whose desk it was taken back")]
WhyTakenBack = Annotated[str, Doc("理由，撤回者的原话；可以为空 · why, in the words of who took it back; may be empty")]
KnewOfDraft = Annotated[
    InstitutionCode | None,
    Field(
        description=(
            "知情的直接上级机构；从未呈报的为空 · the body right above, which knew of it; none where it was "
            "never handed in"
        )
    ),
]
Excepted = Annotated[
    list[str],
    Doc(
        "中心特批的各条规定，理由载于文档 · rules that the Centre made an exception from, each with its "
        "reason in the document"
    ),
]
OccupationCode = Annotated[str, StringConstraints(pattern=r"^\d-\d{2}-\d{2}-\d{2}$"), Field(examples=["6-04-01-01"])]
Seal = Annotated[
    str,
    StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$"),
    Field(description="封存内容的摘要，与公章无关 · Hash of sealed content; the ink kind (公章) is something else"),
]
QuarterName = Annotated[
    str,
    StringConstraints(pattern=r"^20\d{2}-Q[1-4]$"),
    Field(description="季度，按中国日期 · A quarter of a year, by the day in China", examples=["2026-Q1"]),
]
CountsByLevel = dict[Level, Annotated[int, Field(ge=0)]]

# Chinese first, English second: the order of every form and letter.
LEVEL_NAMES: dict[int, tuple[str, str]] = {
    5: ("五级/初级工", "Level 5 / Junior worker"),
    4: ("四级/中级工", "Level 4 / Intermediate worker"),
    3: ("三级/高级工", "Level 3 / Senior worker"),
    2: ("二级/技师", "Level 2 / Technician"),
    1: ("一级/高级技师", "Level 1 / Senior technician"),
}
# Technicians and senior technicians also pass a comprehensive review (综合评审); rules §2.3.
LEVELS_WITH_REVIEW = frozenset({1, 2})
# States of a body (rules §4.1). Only the licensed and the rectifying may appraise.
STANDINGS: dict[str, tuple[str, str]] = {
    "registered": ("已登记", "registered"),
    "applied": ("已申请，待许可", "waiting for its licence"),
    "licensed": ("已许可", "licensed"),
    "rectifying": ("限期整改", "rectifying"),
    "suspended": ("暂停鉴定", "suspended"),
    "revoked": ("已取消资质", "revoked"),
    "struck_off": ("已除名", "struck off"),
}
MAY_APPRAISE = frozenset({"licensed", "rectifying"})
# For good: nothing begins at such a body any more, and it owes nothing. Struck off is one that was registered twice.
ENDED_STANDINGS = frozenset({"revoked", "struck_off"})
