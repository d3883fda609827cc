"""What stands on a form 6 besides its candidates: totals, signatures, remarks, `以下空白`, numbers of pages."""

from __future__ import annotations

import re
from typing import Final

from shared.trade.numbers.spelling import normalise

_TOTALS: Final = (
    "本册合计",
    "本页合计",
    "本表合计",
    "合计",
    "共计",
    "总计",
    "小计",
    "本页小计",
    "平均分",
    "平均成绩",
    "平均",
    "合格人数",
    "鉴定人数",
    "总人数",
    "人数",
)
_PEOPLE: Final = (
    "制表",
    "填表",
    "填报",
    "编制",
    "审核",
    "复核",
    "核对",
    "审批",
    "批准",
    "经办",
    "负责人",
    "单位负责人",
    "站长",
    "所长",
    "主考",
    "登分",
    "统分",
    "成绩登记",
    "考评组长",
    "主任",
    "主管",
    "领导",
    "考评员",
    "考评组",
    "监考",
    "考务",
    "督导",
    "质量督导",
    "录入",
    "校对",
    "报送",
    "上报",
    "打印",
    "签字",
    "签名",
    "签章",
    "盖章",
    "公章",
    "单位盖章",
    "单位公章",
    "鉴定站盖章",
    "鉴定机构盖章",
    "鉴定站(章)",
    "联系人",
    "联系电话",
    "电话",
)
_ROLE: Final = re.compile(
    rf"(?:{'|'.join(re.escape(word) for word in sorted(_PEOPLE, key=len, reverse=True))})"
    r"(?:人|员|者|单位|部门|机构|日期|时间|意见)?(?:签字|签名|签章|盖章|公章|章)?(?:\([^)]*\))?(?::.*|_*|[/\-.]*)"
)
"""A role and what follows it after a colon: `审核人(签字):王五`. Not `审核王五`, which may be anything."""
_SEAL: Final = re.compile(r"[^:]{0,30}\((?:盖章|公章|章|签字|签名|签章)\)(?::.*)?")
_DATED: Final = re.compile(
    r"(?:(?:填表|填报|制表|报送|上报|打印|签字)?(?:日期|时间))(?::.*)?|[0-9]{0,4}年[0-9]{0,2}月[0-9]{0,2}日"
)
_REMARK: Final = re.compile(r"(?:注|备注|附注|说明|注意|填表说明|注意事项)[0-9]*:.*|(?:注|说明):?")
_BLANK_BELOW: Final = re.compile(
    r"[-—_/*\\.=~<>\[\]【】()]*(?:此|本)?(?:页|表|行|栏|册|处)?(?:以|至|及)?下(?:此|为|均|全|各行)?(?:为)?"
    r"(?:空白|无正文|无内容|空|无)[-—_/*\\.=~<>\[\]【】()。]*"
)
_PAGE: Final = re.compile(
    r"[-(]?第?[0-9]*页?[/,，、\-(]*共[0-9]*页[-)]?|[-(]?第[0-9]+页[-)]?|[-(]?PAGE[0-9]+(?:OF[0-9]+)?[-)]?|-[0-9]+-"
)
_ALL_OF_THEM: Final = re.compile(r"(?:全|本)?(?:表|册|页|站|批)?共(?:有)?[0-9]+(?:人|名).*")
_LABEL: Final = re.compile(r"[\u4e00-\u9fff]{2,12}(?:\([^)]*\))?:.{0,12}")
_STROKES: Final = frozenset("-—–―─━_/|\\*.·~=<>×✕✗")
_UNITS: Final = frozenset({"人", "名", "位", "人次", "份", "分", "个", "元"})
LONGEST: Final = 120  # characters that are looked at


def is_total(text: str) -> bool:
    spelt = _spelt(text)
    return spelt.startswith(_TOTALS) or _ALL_OF_THEM.fullmatch(spelt) is not None


def is_signature(text: str) -> bool:
    """The label of somebody's signature, of a seal, or of the day of either; with or without what follows it."""
    spelt = _spelt(text)
    return bool(_ROLE.fullmatch(spelt) or _SEAL.fullmatch(spelt) or _DATED.fullmatch(spelt))


def says_blank_below(text: str) -> bool:
    """以下空白, with whatever strokes round it."""
    return bool(_BLANK_BELOW.fullmatch(_spelt(text)))


def is_remark(text: str) -> bool:
    """注: …"""
    return bool(_REMARK.fullmatch(_spelt(text)))


def is_page_number(text: str) -> bool:
    """第 1 页 共 3 页."""
    return bool(_PAGE.fullmatch(_spelt(text)))


def closes(text: str) -> bool:
    """Whether no candidate should stand below it."""
    return is_total(text) or is_signature(text) or says_blank_below(text)


def is_foot(text: str) -> bool:
    return closes(text) or is_remark(text) or is_page_number(text)


def is_label(text: str) -> bool:
    """Words with a colon behind them, and a name at most: no cell of a candidate."""
    return bool(_LABEL.fullmatch(_spelt(text)))


def is_stroke(text: str) -> bool:
    """A line by which somebody made an empty cell unusable."""
    return _STROKES.issuperset(_spelt(text))


def is_amount(text: str) -> bool:
    """A figure or a unit, as they stand beside a total."""
    spelt = _spelt(text)
    return spelt in _UNITS or bool(re.fullmatch(r"[0-9.,%]+(?:人|名|位|人次|份|分|%)?", spelt))


def _spelt(text: str) -> str:
    return normalise(text[:LONGEST])
