"""What contradicts itself in a body's entry, its place in the tree, or a scope: everything at once, each with its place.

Pure. Each function returns problems; who asked raises Invalid with all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from shared.contracts.directory import BodyKind, Licence, ScopeItem
from shared.contracts.occupations import occupations
from shared.contracts.words import ENDED_STANDINGS, LEVEL_NAMES, STANDINGS
from shared.errors import Problem
from shared.trade.body_path import BodyPath
from shared.trade.body_words import KINDS

# Digit 5 of an institution code says what kind of institution it is (rules §1.1): 0 a guidance centre, which both the
# Centre and its branch centres are, 3 a station for industry-specific trades.
_TYPE_OF = {"centre": "0", "branch": "0", "station": "3"}
_PARENTS: dict[str, tuple[str, ...]] = {"centre": (), "branch": ("centre",), "station": ("branch", "centre")}

STRUCK_OFF = "struck_off"  # as in `standing`, which asks here
NO_BRANCH = "00"  # digits 3-4 where there is no second-level centre (rules §1.1)

_POSTAL_CODE = re.compile(r"[0-9]{6}")
_PHONE = re.compile(
    r"1[3-9][0-9]{9}"  # mobile
    r"|(0[0-9]{2,3}-?)?[0-9]{7,8}(-[0-9]{1,6})?"  # area code, number, extension
    r"|[48]00-?[0-9]{3}-?[0-9]{4}"
)


class Placed(Protocol):
    """A body that has its place in the tree."""

    id: str
    kind: BodyKind
    path: str
    state: str


def of_entry(postal_code: str, phone: str) -> list[Problem]:
    """Both already normalised; empty means not given (rules §7.3)."""
    found: list[Problem] = []
    if postal_code and not _POSTAL_CODE.fullmatch(postal_code):
        found.append(Problem("/postal_code", "邮政编码应为 6 位数字 · a postal code has 6 digits", "010000"))
    if phone and not _PHONE.fullmatch(phone):
        found.append(Problem("/phone", "不像电话号码 · this does not look like a phone number", "010-12345678"))
    return found


def of_place(
    industry: str,
    code: str,
    kind: BodyKind,
    above: str | None,
    parent: Placed | None,
    branches: Iterable[Placed],
) -> list[Problem]:
    """above: the code given for the parent. parent: that body, None if it is not registered. branches: all there are."""
    found = [*_of_code(industry, code, kind), *_of_parent(code, kind, above, parent)]
    if kind == "branch":
        found += _of_branch_digits(code, parent, branches)
    if parent is not None and kind == "station":
        if parent.kind == "branch" and code[2:4] != parent.id[2:4]:
            found.append(
                Problem(
                    "/code",
                    f"第3-4位应与分中心一致 · digits 3-4 must be the branch's, {parent.id[2:4]}",
                    f"{industry}{parent.id[2:4]}…",
                )
            )
        if parent.kind == "centre" and code[2:4] != NO_BRANCH:
            found.append(Problem("/code", "直属鉴定站第3-4位应为 00 · digits 3-4 of a station without branch are 00"))
    return found


def _of_code(industry: str, code: str, kind: BodyKind) -> list[Problem]:
    found: list[Problem] = []
    if not code.startswith(industry):
        found.append(
            Problem("/code", f"第1-2位不是本行业代码 {industry} · digits 1-2 are not the industry code {industry}")
        )
    if code[4] != _TYPE_OF[kind]:
        wanted = _TYPE_OF[kind]
        found.append(
            Problem(
                "/code",
                f"{KINDS[kind][0]}的第5位应为 {wanted} · digit 5 of a {KINDS[kind][1]} must be {wanted}",
                "鉴定站为 3，中心和分中心为 0 · 3 of a station, 0 of the Centre and of a branch centre",
            )
        )
    if code[5:] == "000":
        found.append(Problem("/code", "机构序号从 001 开始 · serials (digits 6-8) begin at 001"))
    return found


def _either(kinds: Sequence[str], language: int, word: str) -> str:
    return word.join(KINDS[kind][language] for kind in kinds)


def _of_parent(code: str, kind: BodyKind, above: str | None, parent: Placed | None) -> list[Problem]:
    allowed = _PARENTS[kind]
    if above is None:
        if not allowed:
            return []
        return [
            Problem(
                "/parent",
                f"须写明上级机构（{_either(allowed, 0, '或')}） · it needs a parent: a {_either(allowed, 1, ' or ')}",
            )
        ]
    if above == code:
        return [Problem("/parent", "机构不能是自己的上级 · a body cannot be its own parent")]
    if parent is None:
        return [Problem("/parent", f"{above} 未登记 · not registered")]
    found: list[Problem] = []
    if code in BodyPath.read(parent.path).codes:
        found.append(
            Problem("/parent", f"{above} 在 {code} 之下，不能又是其上级 · {above} stands below {code}: a cycle")
        )
    if parent.kind not in allowed:
        found.append(
            Problem(
                "/parent",
                f"{KINDS[kind][0]}不能在{KINDS[parent.kind][0]}之下 · "
                f"a {KINDS[kind][1]} cannot stand under a {KINDS[parent.kind][1]}",
            )
        )
    found += of_ended(above, parent.state, "/parent")
    return found


def _of_branch_digits(code: str, parent: Placed | None, branches: Iterable[Placed]) -> list[Problem]:
    """Digits 3-4 are the branch's in every number its stations give: two branches with the same would mix them up."""
    digits = code[2:4]
    if digits == NO_BRANCH:
        return [Problem("/code", "分中心第3-4位不能为 00 · digits 3-4 of a branch centre cannot be 00")]
    others = [*branches, *([parent] if parent is not None and parent.kind == "centre" else [])]
    return [
        Problem("/code", f"第3-4位 {digits} 已由 {other.id} 使用 · digits 3-4 {digits} belong to {other.id} already")
        for other in others
        if other.id != code and other.id[2:4] == digits and other.state != STRUCK_OFF
    ]


def of_ended(code: str, state: str, where: str) -> list[Problem]:
    """Nothing begins at a body whose standing ended for good."""
    if state not in ENDED_STANDINGS:
        return []
    zh, en = STANDINGS[state]
    return [Problem(where, f"机构 {code} {zh} · body {code} is {en}")]


def of_the_right_one(body: Placed, right: Placed) -> list[Problem]:
    """Of two entries of one body: whether `right` can be the one that stays."""
    found: list[Problem] = []
    if right.id == body.id:
        found.append(Problem("/instead", "应填写另一个机构 · it cannot stand for itself"))
    if right.kind != body.kind:
        found.append(
            Problem(
                "/instead",
                f"机构类别不同：{right.id} 是{KINDS[right.kind][0]}，{body.id} 是{KINDS[body.kind][0]} · "
                f""
                f""
                f"{right.id} is a {KINDS[right.kind][1]}, and {body.id} a {KINDS[body.kind][1]}",
            )
        )
    if right.state == STRUCK_OFF:
        found.append(Problem("/instead", f"{right.id} 也已除名 · is struck off itself"))
    return found


def of_licence(licence: Licence) -> list[Problem]:
    found = of_term(licence.valid_from, licence.valid_until, "/valid_until")
    return found + of_scope(licence.scope)


def of_term(first: date, last: date, where: str) -> list[Problem]:
    if last >= first:
        return []
    return [Problem(where, f"早于起始日 {first} · is before the first day, {first}")]


def of_scope(scope: Iterable[ScopeItem]) -> list[Problem]:
    """Occupations that are not listed, or stand twice; levels an occupation lacks (with those it has), or that stand twice."""
    found: list[Problem] = []
    before: set[str] = set()
    for n, item in enumerate(scope):
        where, known = f"/scope/{n}", occupations().get(item.occupation)
        if item.occupation in before:
            found.append(Problem(f"{where}/occupation", f"{item.occupation} 重复 · stands here twice"))
        before.add(item.occupation)
        if known is None:
            what = f"职业编码 {item.occupation} 不在目录中 · is not in the list of occupations"
            found.append(Problem(f"{where}/occupation", what))
        for place, level in enumerate(item.levels):
            at = f"{where}/levels/{place}"
            if known is not None and level not in known.levels:
                has = "、".join(LEVEL_NAMES[other][0] for other in sorted(known.levels, reverse=True))
                found.append(
                    Problem(at, f"{known.name_zh} 无此等级 · does not have level {level}", f"可填 {has} · one of these")
                )
            if level in item.levels[:place]:
                found.append(Problem(at, f"等级 {level} 重复 · level {level} stands here twice"))
    return found
