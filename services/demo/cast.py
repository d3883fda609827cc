"""The people and bodies of the play. All synthetic: identity numbers use the area code 999999, which does not exist."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.contracts.reporting import Grade, RosterLine


@dataclass(frozen=True, slots=True)
class Body:
    code: str
    kind: str
    parent: str | None
    name_zh: str
    name_en: str
    produces: bool = False

    @property
    def email(self) -> str:
        return f"office-{self.code}@example.org"

    def account(self, role: str) -> str:
        return f"demo.{self.code}.{role.replace('_', '-')}"

    def email_of(self, role: str) -> str:
        return f"{role.replace('_', '-')}-{self.code}@example.org"


CENTRE = Body(
    "49000001", "centre", None, "示例机械工业职业技能鉴定指导中心", "Example Machinery Appraisal Guidance Centre", True
)
BRANCHES = (
    Body("49050001", "branch", CENTRE.code, "示例东方分中心", "Example Eastern Branch Centre", True),
    Body("49060001", "branch", CENTRE.code, "示例西部分中心", "Example Western Branch Centre"),
)
STATIONS = (
    Body("49053012", "station", "49050001", "示例机床集团鉴定站", "Example Machine Tool Group Station"),
    Body("49053013", "station", "49050001", "示例轴承公司鉴定站", "Example Bearing Company Station"),
    Body("49063021", "station", "49060001", "示例重型机械厂鉴定站", "Example Heavy Machinery Works Station"),
    Body("49003007", "station", CENTRE.code, "示例直属鉴定站", "Example Directly Subordinate Station"),
)
BODIES = (CENTRE, *BRANCHES, *STATIONS)
ROLES = {
    "centre": ("centre_clerk", "centre_approver", "auditor"),
    "branch": ("branch_officer",),
    "station": ("station_clerk", "station_head"),
}
OFFICERS = {
    "centre_clerk": "钱文",
    "centre_approver": "孙敏",
    "auditor": "郑平",
    "branch_officer": "李华",
    "station_clerk": "周宁",
    "station_head": "吴刚",
}
PANEL = ("冯强", "褚云", "卫国")
"""Who reviewed the technicians, as their approval forms on paper say."""


@dataclass(frozen=True, slots=True)
class Item:
    occupation: str
    occupation_zh: str
    occupation_en: str
    level: int
    share: float


ITEMS = (
    Item("6-04-01-01", "车工", "turner (lathe operator)", 4, 0.45),
    Item("6-04-02-05", "焊工", "welder", 3, 0.35),
    Item("6-06-01-01", "机修钳工", "maintenance fitter", 5, 0.17),
    Item("6-06-01-01", "机修钳工", "maintenance fitter", 2, 0.03),
)


def licence(station: Body, year: int) -> dict[str, Any]:
    """Three years, and everything the play appraises."""
    levels: dict[str, list[int]] = {}
    for item in ITEMS:
        levels.setdefault(item.occupation, []).append(item.level)
    return {
        "licence_no": f"机械-{station.code[5:]}",
        "valid_from": f"{year}-01-01",
        "valid_until": f"{year + 2}-12-31",
        "scope": [{"occupation": occupation, "levels": known} for occupation, known in levels.items()],
    }


SHARES = (0.4, 0.25, 0.2, 0.15)  # of the candidates, by station

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文辉力永红玉兰志义兴良海山仁波宁贵福生龙"
    "元全国胜学祥才发武新利清飞彬富顺信子昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群"
    "豪心邦承乐绍功松善厚庆民友裕河哲江浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽"
    "晨辰士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘"
)
_RARE = ("买买提·艾力", "阿依古丽·买合木提江", "欧阳㛃", "司马䶮")
_EDUCATION = ("大学本科", "大专", "中专", "技校", "高中", "初中")


def heads(total: int) -> list[list[int]]:
    """Candidates by station and item; they add up to `total` exactly."""
    by_station = _split(total, SHARES)
    return [_split(count, [item.share for item in ITEMS]) for count in by_station]


def _split(total: int, shares: list[float] | tuple[float, ...]) -> list[int]:
    parts = [int(total * share) for share in shares]
    parts[0] += total - sum(parts)
    return parts


class People:
    """An endless supply of candidates. before: how many came in earlier runs against the same deployment; nobody comes a
    second time, because nobody is certified twice in an occupation and level."""

    def __init__(self, before: int = 0) -> None:
        self._chance = random.Random(49)
        self._ids = self._identities(before + 1)
        self._count = before

    def candidate(self, station: Body, session: str, item: Item, employer: str) -> RosterLine | None:
        """One examined candidate; None when the exam was not passed. Every tenth leaves an e-mail address."""
        self._count += 1
        birth, sex, id_number = next(self._ids)
        scores = [round(min(99.5, max(20.0, self._chance.gauss(76, 11))), 1) for _ in range(3)]
        theory, practical = scores[0], scores[1]
        review = scores[2] if item.level <= 2 else None
        counted = [theory, practical] + ([review] if review is not None else [])
        if min(counted) < 60:
            return None
        return RosterLine(
            n=1,
            ticket=f"{session.replace('-', '')}{item.level}{self._count:05d}",
            name=self._name(),
            sex=sex,
            birth=birth,
            id_type="身份证",
            id_number=id_number,
            education=self._chance.choice(_EDUCATION),
            employer=employer,
            occupation=item.occupation,
            occupation_zh=item.occupation_zh,
            occupation_en="",
            level=item.level,
            theory=theory,
            practical=practical,
            review=review,
            grade=_grade(min(counted)),
            email=f"candidate{self._count:06d}@example.org" if self._count % 10 == 0 else "",
        )

    def _name(self) -> str:
        if self._count % 97 == 0:
            return _RARE[self._count // 97 % len(_RARE)]
        given = "".join(self._chance.choice(_GIVEN) for _ in range(self._chance.choice((1, 2, 2))))
        return self._chance.choice(_SURNAMES) + given

    def _identities(self, serial: int) -> Iterator[tuple[date, str, str]]:
        day = date(1968, 1, 1)
        while True:
            birth = day + timedelta(days=(serial * 37) % 12_000)
            female = serial % 4 == 0
            order = serial // 12_000 * 2 + (2 if female else 1)  # odd is male, even is female (rules §7.1)
            sex = "女" if female else "男"
            yield birth, sex, with_check_digit(f"999999{birth:%Y%m%d}{order:03d}")
            serial += 1


def _grade(lowest: float) -> Grade:
    return "excellent" if lowest >= 95 else "good" if lowest >= 80 else "pass"


def with_check_digit(first_17: str) -> str:
    """GB 11643: ISO 7064 MOD 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        first_17 + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True)) % 11]
    )
