"""The layout of form 6 (附表六 合格人员名册) as data: columns, header labels, coded values and their other spellings.

One sheet is one occupation at one level. rules §3 附表六, §7.5; the original form is lost, the field set is a proposal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts.reporting import GRADE_NAMES, Grade
from shared.contracts.words import LEVEL_NAMES
from shared.trade.characters import common, visible
from shared.trade.numbers.spelling import normalise

TITLE: Final = "机械行业特有工种职业技能鉴定合格人员名册"
TITLE_EN: Final = "Roster of passed candidates, form 6"
INSTRUCTIONS: Final = "填写说明"
MARKS: Final = "问题清单"
"""The sheet of a marked workbook that lists what was found in it."""
TEMPLATE_VERSION: Final = "2"
"""1: columns in the order of the form. 2: what the station's paper does not show comes last, so that the rest fits on a
page. Both are read: columns are known by their titles."""

RESIDENT_ID: Final = "身份证"
PERMANENT_RESIDENT: Final = "外国人永久居留身份证"
RESIDENCE_PERMIT: Final = "港澳台居民居住证"
ID_TYPES: Final = (
    RESIDENT_ID,
    "军官证",
    "港澳居民来往内地通行证",
    "台湾居民来往大陆通行证",
    RESIDENCE_PERMIT,
    PERMANENT_RESIDENT,
    "护照",
)
ID_TYPE_SPELLINGS: Final[Mapping[str, str]] = {
    "居民身份证": RESIDENT_ID,
    "二代身份证": RESIDENT_ID,
    "第二代居民身份证": RESIDENT_ID,
    "港澳通行证": "港澳居民来往内地通行证",
    "回乡证": "港澳居民来往内地通行证",
    "台胞证": "台湾居民来往大陆通行证",
    "外国人永久居留证": PERMANENT_RESIDENT,
    "外国人居留证": PERMANENT_RESIDENT,
    "永久居留证": PERMANENT_RESIDENT,
    "外国人永久居留身份证(五星卡)": PERMANENT_RESIDENT,
    "港澳台居住证": RESIDENCE_PERMIT,
    "港澳台居民居住证件": RESIDENCE_PERMIT,
    "中华人民共和国港澳居民居住证": RESIDENCE_PERMIT,
    "中华人民共和国台湾居民居住证": RESIDENCE_PERMIT,
    "港澳居民居住证": RESIDENCE_PERMIT,
    "台湾居民居住证": RESIDENCE_PERMIT,
    "港澳居住证": RESIDENCE_PERMIT,
    "台湾居住证": RESIDENCE_PERMIT,
    "香港居民居住证": RESIDENCE_PERMIT,
    "澳门居民居住证": RESIDENCE_PERMIT,
    "居住证": RESIDENCE_PERMIT,
    "台湾通行证": "台湾居民来往大陆通行证",
    "港澳居民通行证": "港澳居民来往内地通行证",
    "台湾居民通行证": "台湾居民来往大陆通行证",
    "中国护照": "护照",
    "外国护照": "护照",
    "外籍护照": "护照",
    "普通护照": "护照",
    "公民身份证": RESIDENT_ID,
    "中华人民共和国居民身份证": RESIDENT_ID,
    "身份证件": RESIDENT_ID,
    "军人证": "军官证",
}
SEXES: Final = ("男", "女")
SEX_SPELLINGS: Final[Mapping[str, str]] = {
    "男性": "男",
    "女性": "女",
    "1": "男",
    "2": "女",
    "M": "男",
    "F": "女",
    "MALE": "男",
    "FEMALE": "女",
}
EDUCATIONS: Final = (
    "博士",
    "硕士",
    "研究生",
    "大学本科",
    "大专",
    "高职",
    "中专",
    "高技",
    "技校",
    "职高",
    "高中",
    "初中",
    "小学",
    "文盲半文盲",
)
_EDUCATION_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "博士": ("博士研究生", "博士生", "博士学位"),
    "硕士": ("硕士研究生", "硕士生", "硕士学位"),
    "研究生": ("研究生班", "研究生班毕业"),
    "大学本科": ("本科", "大本", "本科生", "大学普通班", "全日制本科", "大学本科学历"),
    "大专": ("专科", "大学专科", "大学专科和专科学校", "专科学校", "大专生", "高等专科", "高等专科学校", "全日制大专"),
    "高职": ("高等职业学校", "高等职业", "高职高专", "高等职业技术学校"),
    "中专": ("中等专科", "中等专业学校", "中等专业", "中专生", "中等专业技术学校", "中等师范"),
    "高技": ("高级技工学校", "高级技校", "高技校"),
    "技校": ("中技", "技工学校", "技工", "技工校"),
    "职高": ("职业高中", "职业高级中学", "职中"),
    "高中": ("普通高中", "普通高级中学", "高级中学", "普高"),
    "初中": ("初级中学", "普通初中", "初级中等", "普通初级中学"),
    "小学": ("初等",),
    "文盲半文盲": ("文盲或半文盲", "文盲", "半文盲", "文盲、半文盲", "文盲/半文盲", "文盲和半文盲"),
}
"""As GB/T 4658 names them in both its editions, and as offices shorten them."""
_EDUCATION_ENDINGS: Final = ("", "毕业", "教育", "学历", "文化", "程度", "文化程度", "毕业生")
"""What is written behind them. Not 结业 nor 肄业: who did not finish has the education before it."""
EDUCATION_SPELLINGS: Final[Mapping[str, str]] = {
    f"{name}{ending}": education
    for education, names in _EDUCATION_NAMES.items()
    for name in (education, *names)
    for ending in _EDUCATION_ENDINGS
    if f"{name}{ending}" != education
}
GRADES: Final[Mapping[Grade, str]] = {grade: zh for grade, (zh, _) in GRADE_NAMES.items()}
NOTHING: Final = frozenset({"", "-", "--", "---", "/", "//", "\\", "无", "没有", "暂无", "—", "——"})
"""How clerks write that a cell does not apply."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. width: in digits; those on the station's paper fit on A4 across at 8 points or more. text: a
    code that Excel must not turn into a number; centre: filled by the Centre; on_screen: no part of the form on paper."""

    key: str
    title: str
    width: int
    synonyms: tuple[str, ...] = ()
    required: bool = False
    text: bool = False
    centre: bool = False
    choices: tuple[str, ...] = ()
    on_screen: bool = False


COLUMNS: Final = (
    Column("n", "序号", 6, ("编号", "序", "NO", "NO.")),
    Column("ticket", "准考证号", 19, ("准考证号码", "准考证", "准考证编号", "考号"), required=True, text=True),
    Column("name", "姓名", 8, ("考生姓名", "名字", "姓 名", "学员姓名", "申请人姓名"), required=True),
    Column("sex", "性别", 4, ("男女",), required=True, choices=SEXES),
    Column("birth", "出生年月", 11, ("出生日期", "出生年月日", "生日", "出生时间", "出生"), required=True),
    Column(
        "id_type",
        "证件类型",
        9,
        ("证件类别", "证件种类", "身份证件类型", "身份证件类别", "有效证件类型", "证件名称"),
        choices=ID_TYPES,
    ),
    Column(
        "id_number",
        "证件号码",
        20,
        (
            "身份证号",
            "身份证号码",
            "证件号",
            "身份证",
            "居民身份证号",
            "居民身份证号码",
            "公民身份号码",
            "身份证件号码",
            "身份证件号",
            "身份号码",
            "有效证件号码",
            "证照号码",
            "居民身份证编号",
        ),
        required=True,
        text=True,
    ),
    Column(
        "education",
        "文化程度",
        8,
        ("学历", "教育程度", "受教育程度", "最高学历", "学历层次"),
        required=True,
        choices=EDUCATIONS,
    ),
    Column(
        "employer",
        "工作单位",
        18,
        ("单位", "单位名称", "所在单位", "工作单位名称", "现工作单位", "单位全称", "所在单位名称"),
        required=True,
    ),
    Column(
        "theory",
        "理论成绩",
        6,
        (
            "理论",
            "理论知识",
            "理论知识成绩",
            "理论考试成绩",
            "知识成绩",
            "理论知识考试成绩",
            "理论知识考核成绩",
            "理论知识考试",
            "理论知识考核",
            "理论考核成绩",
            "理论考试",
            "理论分数",
            "理论知识得分",
            "应知成绩",
            "应知",
        ),
        required=True,
    ),
    Column(
        "practical",
        "技能成绩",
        6,
        (
            "技能",
            "操作技能",
            "操作技能成绩",
            "技能考核成绩",
            "实操成绩",
            "实操",
            "实作成绩",
            "操作技能考核成绩",
            "操作技能考试成绩",
            "操作技能考核",
            "操作技能考试",
            "技能操作成绩",
            "技能操作考核成绩",
            "技能操作",
            "技能考试成绩",
            "技能考核",
            "实际操作成绩",
            "实际操作",
            "实操考核成绩",
            "技能分数",
            "操作技能得分",
            "应会成绩",
            "应会",
        ),
        required=True,
    ),
    Column(
        "review",
        "综合评审成绩",
        8,
        (
            "综合评审",
            "综合成绩",
            "评审成绩",
            "答辩成绩",
            "综合评审考核成绩",
            "综合评审得分",
            "综合评审分数",
            "论文答辩成绩",
        ),
    ),
    Column(
        "grade",
        "评定成绩",
        6,
        ("评定等次", "成绩评定", "总评", "评定结果", "评定", "成绩评定等次", "评定等级"),
        choices=tuple(GRADES.values()),
    ),
    Column(
        "certificate",
        "证书编号",
        20,
        ("证书号", "证书编码", "证书号码", "职业资格证书编号", "职业资格证书号", "资格证书编号"),
        text=True,
        centre=True,
    ),
    Column("blank_serial", "流水码", 16, ("流水号", "证书流水号", "证书流水码"), text=True, centre=True),
    Column("issued", "发证日期", 13, ("发证时间", "颁证日期", "颁证时间", "证书日期", "发证年月日"), centre=True),
    Column("remark", "备注", 9, ("说明", "附注")),
    Column(
        "email",
        "电子邮箱",
        28,
        ("邮箱", "电子邮件", "E-MAIL", "EMAIL", "电子信箱", "邮箱地址", "电子邮箱地址"),
        on_screen=True,
    ),
)
BY_KEY: Final[Mapping[str, Column]] = {column.key: column for column in COLUMNS}
ENGLISH: Final[Mapping[str, str]] = {
    "station_zh": "station",
    "institution": "institution code",
    "session": "session number",
    "occupation_zh": "occupation",
    "occupation": "occupation code",
    "level": "level",
    "held_on": "day of the exam",
    "n": "running number",
    "ticket": "ticket number",
    "name": "name",
    "sex": "sex",
    "birth": "birth date",
    "id_type": "kind of document",
    "id_number": "document number",
    "education": "education",
    "employer": "employer",
    "theory": "theory score",
    "practical": "practical score",
    "review": "review score",
    "grade": "grade",
    "certificate": "certificate number",
    "blank_serial": "blank serial",
    "issued": "date of issue",
    "remark": "remark",
    "email": "e-mail",
}
"""Columns and labels in the English half of messages, by key."""


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled value above the table."""

    key: str
    title: str
    synonyms: tuple[str, ...] = ()


LABELS: Final = (
    Label(
        "station_zh",
        "鉴定站",
        ("鉴定站名称", "填报单位", "鉴定机构", "机构名称", "鉴定所", "鉴定机构名称", "职业技能鉴定站"),
    ),
    Label("institution", "机构编码", ("机构代码", "鉴定站编码", "鉴定站代码", "鉴定机构编码")),
    Label("session", "鉴定批次", ("批次", "批次号", "鉴定批次号")),
    Label("occupation_zh", "职业(工种)", ("工种", "职业名称", "鉴定职业", "鉴定工种", "职业工种", "职业", "工种名称")),
    Label("occupation", "职业编码", ("职业代码", "工种编码", "工种代码")),
    Label("level", "等级", ("级别", "鉴定等级", "职业等级", "技能等级")),
    Label("held_on", "鉴定日期", ("考试日期", "鉴定时间", "考核日期", "考试时间", "考核时间", "鉴定日")),
)

_LIST_OF_MARKS: Final = re.compile(rf"{MARKS}(\(\d{{1,4}}\))?")
_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_ORNAMENTS: Final = re.compile(r"[*:;,.、。☆★]+$|^[*☆★]+")
_TRANSLATION: Final = re.compile(r"(?<=[\u4e00-\u9fff])[-/|]?[A-Z][A-Z .,'/&-]*$")
"""The English half of a title (`姓名 Name`), as the national certificate prints its titles."""


LONGEST_HEADING: Final = 80  # characters that are looked at; no title is longer


def heading(text: str) -> str:
    """A column title or label as it is compared: no blanks, no remark in brackets, no asterisk for "required"."""
    bare = _BRACKETS.sub("", normalise(common(visible(text[:LONGEST_HEADING]))))
    return _ORNAMENTS.sub("", _TRANSLATION.sub("", _ORNAMENTS.sub("", bare)))


def is_list_of_marks(sheet: str) -> bool:
    """Whether a sheet has the name of such a list; with a table of candidates in it, it is a roster all the same."""
    return _LIST_OF_MARKS.fullmatch(sheet.strip()) is not None


def _spellings(of: tuple[Column, ...] | tuple[Label, ...]) -> dict[str, str]:
    return {heading(name): entry.key for entry in of for name in (entry.title, *entry.synonyms)}


COLUMN_SPELLINGS: Final[Mapping[str, str]] = _spellings(COLUMNS)
OCCUPATION_AND_LEVEL: Final = "occupation_and_level"
_TWO_IN_ONE: Final = (
    "职业及等级",
    "职业工种及等级",
    "工种及等级",
    "鉴定职业及等级",
    "鉴定工种及等级",
    "职业和等级",
    "工种等级",
)
"""As the national certificate has it: 职业(工种)及等级."""
LABEL_SPELLINGS: Final[Mapping[str, str]] = _spellings(LABELS) | dict.fromkeys(_TWO_IN_ONE, OCCUPATION_AND_LEVEL)


def _level_spellings() -> dict[str, int]:
    """四级/中级工, 四级, 中级工, 中级, 4, 4级, 国家职业资格四级: all of them are 4."""
    spelled: dict[str, int] = {}
    for level, (chinese, _) in LEVEL_NAMES.items():
        rank, worker = chinese.split("/")
        names = {chinese, rank, worker, worker.removesuffix("工"), str(level), f"{level}级", f"国家职业资格{rank}"}
        names |= {f"{worker}/{rank}", f"{worker}({rank})", f"{rank}({worker})", f"国家职业资格{rank}/{worker}"}
        spelled |= dict.fromkeys(names, level)
    return spelled


LEVEL_SPELLINGS: Final[Mapping[str, int]] = _level_spellings()


def occupation_and_level(text: str) -> tuple[str, str]:
    """`车工四级/中级工`, `车工（四级）` → 车工 and the level, which is empty where none stands at the end."""
    bare = text.strip()
    for place in range(1, len(bare)):
        level = bare[place:].strip(" \t\u3000/、,，-·()（）")
        if normalise(level) in LEVEL_SPELLINGS and not (level.isascii() and level.isdigit()):
            return bare[:place].strip(" \t\u3000/、,，-·(（"), level
    return bare, ""
