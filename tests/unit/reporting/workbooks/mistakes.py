"""What clerks type wrongly: one mistake a case, in a workbook that is good otherwise, and what reading says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from shared.trade.numbers.resident_id import resident_id_check
from tests.unit.reporting.workbooks.filled_in import (
    BELOW,
    BLANKS,
    BY_CENTRE,
    DIFFERENT_BIRTH,
    HEADING,
    LOST,
    NOT_A_DATE,
    NOT_A_SCORE,
    SENIOR,
    TITLES,
    UNIFIED,
    UNIFIED_CODE,
    ZEROS,
    Typed,
    Value,
    a_line,
    an_id,
    good,
    typed_line,
)

ID1, ID2 = a_line(1).id_number, a_line(2).id_number
X_ID = next(number for n in range(1, 99, 2) if (number := an_id(date(1990, 3, 1), n)).endswith("X"))


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


CELLS: dict[str, tuple[dict[str, Value], list[tuple[str, str]]]] = {
    "ID as a float": ({"G7": 110105194912310020.0}, [("名册!G7", LOST)]),
    "ID as text of 1.1E+17": ({"G7": "1.1E+17"}, [("名册!G7", LOST)]),
    "ID as text of 1.10105E+17 with blanks": ({"G7": " 1.10105e+17 "}, [("名册!G7", LOST)]),
    "ID of 16 digits as a number": ({"G7": 1234567890123456.0}, [("名册!G7", LOST)]),
    "ID as a number with decimals": ({"G7": 12345.5}, [("名册!G7", "号码中有小数 · a number with decimals")]),
    "ID turned into a date": (
        {"G7": date(1990, 3, 1)},
        [("名册!G7", "Excel 把号码变成了其他内容 · Excel turned the number into something else")],
    ),
    "ID turned into true": (
        {"G7": True},
        [("名册!G7", "Excel 把号码变成了其他内容 · Excel turned the number into something else")],
    ),
    "ticket as a float": ({"B7": 264905301200140001.0}, [("名册!B7", LOST)]),
    "ticket as text of 2.6E+17": ({"B7": "2.6E+17"}, [("名册!B7", LOST)]),
    "ticket with other signs": (
        {"B7": "26#01"},
        [("名册!B7", "准考证号只含数字、字母和连字符 · a ticket number has digits, letters and hyphens only")],
    ),
    "passport as a number": (
        {"F7": "护照", "G7": 12345678.0},
        [("名册!G7", "证件" + ZEROS)],
    ),
    "passport too short": (
        {"F7": "护照", "G7": "E1"},
        [("名册!G7", "证件号码应为 5 到 30 位 · a document number has 5 to 30 characters")],
    ),
    "passport with a control character": (
        {"F7": "护照", "G7": "E1234\x01567"},
        [("名册!G7", "含有控制字符 · contains control characters")],
    ),
    "passport without the day of birth": (
        {"F7": "护照", "G7": "E12345678", "E7": "1990-03"},
        [("名册!E7", "出生日期缺少日 · the day of birth is missing")],
    ),
    "check digit": ({"G7": ID1[:17] + "0"}, [("名册!G7", "身份证号校验位不符 · check digit does not match")]),
    "17 characters": (
        {"G7": ID1[:17]},
        [("名册!G7", "身份证号应为 18 位或 15 位，现为 17 位 · a resident ID has 18 or 15 characters, not 17")],
    ),
    "letters in the ID": (
        {"G7": "O" + ID1[1:]},
        [("名册!G7", "身份证号只能是数字，末位可为 X · a resident ID has digits only, and maybe X at the end")],
    ),
    "no such birth date in the ID": (
        {"G7": "99999919900231001" + resident_id_check("99999919900231001")},
        [("名册!G7", "身份证号中的出生日期不存在 · the birth date inside the resident ID does not exist")],
    ),
    "15 digits of a centenarian": (
        {"G7": "999999100101997", "E7": "1910-01-01"},
        [("名册!G7", "15 位身份证号无法确定世纪 · the century of this 15-digit ID is uncertain")],
    ),
    "birth against ID": ({"E7": "1990-03-02"}, [("名册!E7", DIFFERENT_BIRTH)]),
    "month of birth against ID": ({"E7": "1990年4月"}, [("名册!E7", DIFFERENT_BIRTH)]),
    "sex against ID": (
        {"D7": "女"},
        [("名册!D7", "性别与身份证号不一致 · sex differs from the resident ID")],
    ),
    "fifteen years old": (
        {"E7": "2010-03-02", "G7": an_id(date(2010, 3, 2), 1)},
        [("名册!E7", "鉴定之日未满 16 周岁 · younger than 16 on the day of the exam")],
    ),
    "serial number of a date": ({"E7": 32933.0}, [("名册!E7", NOT_A_DATE)]),
    "year and month as 1990.03": ({"E7": 1990.03}, [("名册!E7", NOT_A_DATE)]),
    "two-digit year": ({"E7": "90.3.1"}, [("名册!E7", NOT_A_DATE)]),
    "mixed marks": ({"E7": "1990-03/01"}, [("名册!E7", NOT_A_DATE)]),
    "31 February": ({"E7": "1990-02-31"}, [("名册!E7", "没有这一天 · there is no such day")]),
    "a time of day": (
        {"E7": datetime(1990, 3, 1, 10, 30)},  # noqa: DTZ001
        [("名册!E7", "日期带有时刻 · a date with a time of day")],
    ),
    "only a time of day": ({"E7": time(10, 30)}, [("名册!E7", NOT_A_DATE)]),
    "theory below 60": ({"J7": 59.5}, [("名册!J7", BELOW)]),
    "practical below 60": ({"K7": 59.99}, [("名册!K7", BELOW)]),
    "score above 100": ({"J7": 100.5}, [("名册!J7", "成绩应在 0 到 100 之间 · a score lies between 0 and 100")]),
    "score below 0": ({"J7": -1.0}, [("名册!J7", "成绩应在 0 到 100 之间 · a score lies between 0 and 100")]),
    "score in words": ({"J7": "合格", "K7": "缺考"}, [("名册!J7", NOT_A_SCORE), ("名册!K7", NOT_A_SCORE)]),
    "score true": ({"J7": True}, [("名册!J7", NOT_A_SCORE)]),
    "score as a date": ({"J7": date(1990, 3, 1)}, [("名册!J7", NOT_A_SCORE)]),
    "three decimals": ({"J7": 80.125}, [("名册!J7", "成绩最多 2 位小数 · a score has at most 2 decimals")]),
    "review at level 4": (
        {"L7": 80.0},
        [("名册!L7", "只有技师和高级技师有综合评审 · only levels 2 and 1 have a comprehensive review")],
    ),
    "no review at level 2": (
        {**SENIOR, "L7": None},
        [("名册!L7", "综合评审成绩未填 · the review score is empty")],
    ),
    "review below 60": ({**SENIOR, "L7": 59.0}, [("名册!L7", BELOW)]),
    "wrong grade": (
        {"M7": "优秀"},
        [("名册!M7", "评定成绩与各项成绩不符 · the grade does not follow from the scores")],
    ),
    "unknown grade beside a bad score": (
        {"J7": "x", "M7": "及格"},
        [("名册!J7", NOT_A_SCORE), ("名册!M7", "不认识的评定成绩 · unknown grade")],
    ),
    "the Centre's columns": (
        {"N7": "2649053012400001", "O7": 1234.0, "P8": date(2026, 4, 1)},
        [("名册!N7", BY_CENTRE), ("名册!O7", BY_CENTRE), ("名册!P8", BY_CENTRE)],
    ),
    "unknown sex": ({"D7": "南"}, [("名册!D7", "不认识的性别 · unknown sex")]),
    "unknown education": ({"H7": "大学"}, [("名册!H7", "不认识的文化程度 · unknown education")]),
    "unknown document": ({"F7": "学生证"}, [("名册!F7", "不认识的证件类型 · unknown kind of document")]),
    "digits in a name": ({"C7": "张3"}, [("名册!C7", "不像姓名 · this does not look like a name")]),
    "a name of dots": ({"C7": "···"}, [("名册!C7", "不像姓名 · this does not look like a name")]),
    "control character": ({"C7": "张\x07三"}, [("名册!C7", "含有控制字符 · contains control characters")]),
    "private-use character": (
        {"C7": "张\ue123"},
        [("名册!C7", "含有自造字，无法打印 · contains a private-use character, which cannot be printed")],
    ),
    "a very long employer": ({"I7": "厂" * 101}, [("名册!I7", "超过 100 个字 · longer than 100 characters")]),
    "e-mail": ({"R7": "zhang@"}, [("名册!R7", "不像电子邮箱 · this does not look like an e-mail address")]),
    "empty cells": (
        dict.fromkeys(("B7", "C7", "D7", "E7", "G7", "H7", "J7", "K7")),
        [
            ("名册!B7", "准考证号未填 · the ticket number is empty"),
            ("名册!C7", "姓名未填 · the name is empty"),
            ("名册!D7", "性别未填 · the sex is empty"),
            ("名册!E7", "出生年月未填 · the birth date is empty"),
            ("名册!G7", "证件号码未填 · the document number is empty"),
            ("名册!H7", "文化程度未填 · the education is empty"),
            ("名册!J7", "理论成绩未填 · the theory score is empty"),
            ("名册!K7", "技能成绩未填 · the practical score is empty"),
        ],
    ),
    "same ticket": (
        {"B8": a_line(1).ticket},
        [("名册!B8", "准考证号与 名册!B7 重复 · same ticket number as 名册!B7")],
    ),
    "same person, name spelled twice": (
        {"G8": ID1, "D8": "男"},
        [
            (
                "名册!G8",
                "同一职业同一等级中与 名册!G7 是同一人 · same person as 名册!G7 at the same occupation and level",
            ),
            ("名册!C8", "同一证件号码的姓名与 名册!C7 不同 · another name than 名册!C7 for the same document number"),
        ],
    ),
    "duplicates are found beside other mistakes": (
        {"B8": a_line(1).ticket, "J8": 12.0},
        [("名册!J8", BELOW), ("名册!B8", "准考证号与 名册!B7 重复 · same ticket number as 名册!B7")],
    ),
    "wrong count at the foot": (
        {"A9": "本册合计 3 人"},
        [("名册!A9", "合计 3 人，实有 2 人 · the foot says 3, the sheet lists 2")],
    ),
    "candidate below the foot": (
        {**typed_line(10, 4), "A9": "本册合计 2 人"},
        [("名册!10:10", "合计行之后还有人员 · a candidate below the foot of the table")],
    ),
    "column without a title": (
        {"S7": "何用", "S8": "何用"},
        [("名册!S7", "该列没有标题 · this column has no title")],
    ),
    "institution of a local body": (
        {"G2": "10012003"},
        [("名册!G2", "机构编码前两位应为 49 · an institution code of this industry begins with 49")],
    ),
    "institution too short": (
        {"G2": "4905301"},
        [("名册!G2", "机构编码应为 8 位数字 · an institution code has 8 digits")],
    ),
    "occupation code": ({"G3": "6-4-1-1"}, [("名册!G3", "职业编码不成立 · this is not an occupation code")]),
    "occupation name of control characters": (
        {"B3": "车\x07工"},
        [("名册!B3", "含有控制字符 · contains control characters")],
    ),
    "level": ({"J3": "六级"}, [("名册!J3", "等级不成立 · this is not a level")]),
    "session turned into a date": (
        {"J2": date(2026, 3, 1)},
        [("名册!J2", "Excel 把号码变成了其他内容 · Excel turned the number into something else")],
    ),
    "session of odd signs": (
        {"J2": "三?"},
        [("名册!J2", "鉴定批次只含数字、字母和连字符 · a session number has digits, letters and hyphens only")],
    ),
    "day of the exam": ({"B4": "3月1日"}, [("名册!B4", NOT_A_DATE)]),
    "only the month of the exam": (
        {"B4": "2026年3月"},
        [("名册!B4", "鉴定日期缺少日 · the day of the exam is missing")],
    ),
    "empty heading values": (
        {"B2": None, "J3": None, "B4": None},
        [
            ("名册!B2", "“鉴定站”未填 · the station is empty"),
            ("名册!J3", "“等级”未填 · the level is empty"),
            ("名册!B4", "“鉴定日期”未填 · the day of the exam is empty"),
        ],
    ),
    "missing labels": (
        {"F2": None, "G2": None, "A4": "鉴定曰期"},
        [
            ("名册", "表头缺少“机构编码” · the heading lacks 机构编码 (institution code)"),
            ("名册!A4", "表头缺少“鉴定日期” · the heading lacks 鉴定日期 (day of the exam)"),
        ],
    ),
    "misnamed column": ({"G6": "身份证号玛"}, [("名册!G6", "不认识的列“身份证号玛” · unknown column 身份证号玛")]),
    "unknown column": (
        {"S6": "婚姻状况", "S7": "未婚"},
        [("名册!S6", "不认识的列“婚姻状况” · unknown column 婚姻状况")],
    ),
    "missing column": (
        {"H6": None, "H7": None, "H8": None},
        [("名册!6:6", "缺少“文化程度”列 · the column 文化程度 (education) is missing")],
    ),
    "no review column at level 2": (
        {**SENIOR, "L6": None, "L7": None, "L8": None},
        [("名册!6:6", "缺少“综合评审成绩”列 · the column 综合评审成绩 (review score) is missing")],
    ),
    "two columns of one meaning": (
        {"S6": "身份证号", "S7": ID2},
        [("名册!S6", "“身份证号”列重复，与 G 列相同 · this column says the same as column G")],
    ),
    "no table": (
        {f"{chr(65 + n)}6": None for n in range(18)},
        [("名册", "没有找到名册的表头行 · the row of column titles was not found")],
    ),
    "several at once": (
        {"C7": "", "G7": "1.1E+17", "J8": 30.0, "H8": "?"},
        [
            ("名册!C7", "姓名未填 · the name is empty"),
            ("名册!G7", LOST),
            ("名册!H8", "不认识的文化程度 · unknown education"),
            ("名册!J8", BELOW),
        ],
    ),
}

NOTED: dict[str, tuple[dict[str, Value], list[tuple[str, str, str]], dict[str, Any]]] = {
    "full-width digits": (
        {"G7": full_width(ID1)},
        [("名册!G7", UNIFIED_CODE, f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "blanks in the ID": (
        {"G7": f" {ID1[:6]}\u3000{ID1[6:14]} {ID1[14:]}\u00a0"},
        [("名册!G7", UNIFIED_CODE, f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "apostrophe in front": (
        {"G7": "'" + ID1},
        [("名册!G7", UNIFIED_CODE, f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "lower-case x": (
        {"G7": X_ID.lower()},
        [("名册!G7", UNIFIED_CODE, f"读作 {X_ID} · read as {X_ID}")],
        {"id_number": X_ID},
    ),
    "15 digits": (
        {"G7": ID1[:6] + ID1[8:17]},
        [("名册!G7", "15 位身份证号升为 18 位 · 15-digit ID extended to 18", f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "15 digits as a number, which is exact": (
        {"G7": float(ID1[:6] + ID1[8:17])},
        [("名册!G7", "15 位身份证号升为 18 位 · 15-digit ID extended to 18", f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "ticket as a number": (
        {"B7": 20260001.0},
        [("名册!B7", ZEROS, "读作 20260001 · read as 20260001")],
        {"ticket": "20260001"},
    ),
    "year and month only": (
        {"E7": "1990年3月"},
        [("名册!E7", "按身份证号补全日 · the day taken from the resident ID", "读作 1990-03-01 · read as 1990-03-01")],
        {},
    ),
    "year and month as a number": (
        {"E7": 199003.0},
        [("名册!E7", "按身份证号补全日 · the day taken from the resident ID", "读作 1990-03-01 · read as 1990-03-01")],
        {},
    ),
    "blanks in a name": ({"C7": "张\u3000三 "}, [("名册!C7", BLANKS, "读作 张三 · read as 张三")], {}),
    "a name in Latin letters keeps its blank": (
        {"C7": "Li  Ming"},
        [("名册!C7", BLANKS, "读作 Li Ming · read as Li Ming")],
        {"name": "Li Ming"},
    ),
    "line break in the employer": (
        {"I7": "第一\n机床厂"},
        [("名册!I7", BLANKS, "读作 第一 机床厂 · read as 第一 机床厂")],
        {"employer": "第一 机床厂"},
    ),
    "sex as a code": ({"D7": 1.0}, [("名册!D7", UNIFIED, "读作 男 · read as 男")], {}),
    "sex with a blank": ({"D7": "男 "}, [("名册!D7", UNIFIED, "读作 男 · read as 男")], {}),
    "another word for education": (
        {"H7": "本科"},
        [("名册!H7", UNIFIED, "读作 大学本科 · read as 大学本科")],
        {"education": "大学本科"},
    ),
    "another word for the document": ({"F7": "居民身份证"}, [("名册!F7", UNIFIED, "读作 身份证 · read as 身份证")], {}),
    "scores as text": (
        {"J7": "８２", "K7": "76.5分"},
        [
            ("名册!J7", "成绩写法已统一 · spelling of a score unified", "读作 82 · read as 82"),
            ("名册!K7", "成绩写法已统一 · spelling of a score unified", "读作 76.5 · read as 76.5"),
        ],
        {},
    ),
    "an average with traces of binary arithmetic": ({"K7": 76.50000000000001}, [], {}),
    "e-mail in full width": (
        {"R7": full_width("Zhang.San@mail.example.cn")},
        [
            (
                "名册!R7",
                "邮箱写法已统一 · spelling of an address unified",
                "读作 Zhang.San@mail.example.cn · read as Zhang.San@mail.example.cn",
            )
        ],
        {"email": "Zhang.San@mail.example.cn"},
    ),
    "a gap in the running numbers": (
        {"A7": 5.0, "A8": 9.0},
        [
            (
                "名册!A7",
                "序号不连续，由此起重新编号 · running numbers have a gap; renumbered from here",
                "读作 1 · read as 1",
            )
        ],
        {},
    ),
    "signs for nothing": ({"L7": "/", "N7": "—", "O7": "无", "P7": "-", "R7": "--"}, [], {}),
    "the right grade": ({"M7": "合格"}, [], {}),
    "heading in full width": (
        {"G2": full_width("49053012"), "G3": "6—04—01—01"},
        [
            ("名册!G2", UNIFIED, "读作 49053012 · read as 49053012"),
            ("名册!G3", UNIFIED, "读作 6-04-01-01 · read as 6-04-01-01"),
        ],
        {},
    ),
    "institution and level as numbers": ({"G2": 49053012.0, "J3": 4.0}, [], {}),
    "no document type": ({"F7": None}, [], {}),
}

SHAPES: dict[str, tuple[Callable[[], list[Typed]], list[tuple[str, str]]]] = {
    "hidden row": (
        lambda: [good(hidden_rows=(8,))],
        [("名册!8:8", "该行被隐藏或筛选 · the row is hidden or filtered out")],
    ),
    "hidden column": (
        lambda: [good(hidden_columns=("H",))],
        [("名册!H:H", "该列被隐藏 · the column is hidden")],
    ),
    "hidden sheet": (
        lambda: [good(), good(name="旧", hidden=True)],
        [("旧", "工作表被隐藏 · the sheet is hidden")],
    ),
    "merged cells": (
        lambda: [good({"I8": None}, merged=("I7:I8",))],
        [("名册!I7:I8", "表格中有合并单元格 · merged cells inside the table")],
    ),
    "formula with an error": (
        lambda: [good({"J7": None}, formulas={"J7": "#N/A"})],
        [("名册!J7", "公式出错 · a formula with an error")],
    ),
    "formula with an error in an optional cell": (
        lambda: [good(formulas={"Q8": "#REF!"})],
        [("名册!Q8", "公式出错 · a formula with an error")],
    ),
    "a sheet of something else": (
        lambda: [good(), Typed({"A1": "张三", "B1": "李四"}, name="Sheet2")],
        [("Sheet2", "没有找到名册的表头行 · the row of column titles was not found")],
    ),
    "same occupation and level twice": (
        lambda: [good(), Typed({**HEADING, **TITLES, **typed_line(7, 3)}, name="名册2")],
        [("名册2", "职业和等级与工作表 名册 相同 · same occupation and level as sheet 名册")],
    ),
    "two sessions": (
        lambda: [good(), Typed({**HEADING, **TITLES, **typed_line(7, 3), "J3": "5", "J2": "2026-004"}, name="名册2")],
        [("名册2!J2", "“鉴定批次”与工作表 名册 不同 · 鉴定批次 differs from sheet 名册")],
    ),
    "two stations and two days": (
        lambda: [
            good(),
            Typed(
                {**HEADING, **TITLES, **typed_line(7, 3), "J3": "5", "G2": "49053013", "B4": date(2026, 3, 2)},
                name="名册2",
            ),
        ],
        [
            ("名册2!G2", "“机构编码”与工作表 名册 不同 · 机构编码 differs from sheet 名册"),
            ("名册2!B4", "“鉴定日期”与工作表 名册 不同 · 鉴定日期 differs from sheet 名册"),
        ],
    ),
    "same ticket on two sheets": (
        lambda: [
            good(),
            Typed({**HEADING, **TITLES, **typed_line(7, 3), "J3": "5", "B7": a_line(1).ticket}, name="名册2"),
        ],
        [("名册2!B7", "准考证号与 名册!B7 重复 · same ticket number as 名册!B7")],
    ),
    "nothing but empty sheets": (
        lambda: [Typed({})],
        [("工作簿 · workbook", "没有合格人员名册 · there is no roster in this workbook")],
    ),
}
