"""Cells of form 6 as offices fill them: read as they were meant and said so, or refused with the reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.reporting.rosters.workbook.findings import Correction
from services.reporting.rosters.workbook.reading import read
from shared.errors import Invalid, Problem
from shared.trade.numbers.resident_id import resident_id_check
from tests.unit.reporting.workbooks.filled_in import Value, a_line, good, saved

ID1 = a_line(1).id_number


def notes_of(changes: dict[str, Value]) -> dict[str, Correction]:
    return {note.where: note for note in read(saved(good(changes))).notes}


def line_of(changes: dict[str, Value]) -> Any:
    return read(saved(good(changes))).lines[0]


def problems_of(changes: dict[str, Value]) -> dict[str, Problem]:
    with pytest.raises(Invalid) as caught:
        read(saved(good(changes)))
    for problem in caught.value.problems:
        chinese, dot, english = problem.what.partition(" · ")
        assert chinese and dot and english
        assert problem.fix, f"it says what to do: {problem}"
    return {problem.where: problem for problem in caught.value.problems}


PASSPORT: dict[str, Value] = {"F7": "护照", "G7": "E12345678"}


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1990/3/1 00:00:00", "1990-03-01T00:00:00Z", "1990年3月1日 00:00:00", "1 MAR 1990"])
def test_the_birth_of_a_passport_holder_is_the_day_that_was_typed(typed: str) -> None:
    changes = PASSPORT | {"E7": typed}
    assert line_of(changes).birth == date(1990, 3, 1)
    note = notes_of(changes)["名册!E7"]
    assert (note.was, note.read_as, note.weight) == (typed, "1990-03-01", "confirm")


def test_the_day_of_the_exam_with_a_padded_time() -> None:
    changes: dict[str, Value] = {"B4": "2026/3/1 00:00:00"}
    assert read(saved(good(changes))).held_on == date(2026, 3, 1)
    assert notes_of(changes)["名册!B4"].weight == "confirm"


def test_another_spelling_of_a_date_needs_no_look() -> None:
    assert notes_of({"E7": "1990年3月1日"})["名册!E7"].weight == "spelling"


@pytest.mark.parametrize("typed", ["3/2 00:00", "03/04/1990", "1990/3/1 08:30", "1990/3/100:00:00"])
def test_a_birth_that_could_be_another_day_is_refused(typed: str) -> None:
    assert set(problems_of(PASSPORT | {"E7": typed})) == {"名册!E7"}


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "张?",
        "张？",
        "张\ufffd",
        "张□",
        "张▯",
        "张〓",
        "nan",
        "NaN",
        "NULL",
        "(null)",
        "None",
        "#N/A",
        "#REF!",
        "undefined",
        "Null",
        "锟斤拷",
        "烫烫烫",
        "å¼\xa0ä¸‰",
        "å¼ ä¸‰",
        "寮犱笁",
        "ÕÅÈý",
        "张⿰亻三",
        "张*",
        "张××",
        "张某某",
        "同上",
        "无",
        "待定",
        "\u3164",
        "\u2800\u2800",
        "·张三",
        "张·",
        "张三、李四",
        "张⺅",
        "Аnna Li",
        "张ニ",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert set(problems_of({"C7": name})) == {"名册!C7"}


@pytest.mark.parametrize(
    "name",
    [
        "Christopher Null",
        "Nan Li",
        "None Smith",
        "O'Brien",
        "'t Hooft",
        "Ana-María Núñez",
        "㐂田",
        "\U00020bb7野",
        "王〇",
        "王喆",
    ],
)
def test_names_that_look_like_it_are_taken_as_they_stand(name: str) -> None:
    assert line_of({"C7": name}).name == name
    assert notes_of({"C7": name}) == {}


@pytest.mark.parametrize(
    ("typed", "read_as", "weight"),
    [
        ("张⽂", "张文", "confirm"),
        ("⻢⻰", "马龙", "confirm"),
        ("\uf90a三", "金三", "confirm"),
        ("张\u3164三", "张三", "confirm"),
        ("葛\U000e0100三", "葛三", "confirm"),
        ("买买提•艾力", "买买提·艾力", "confirm"),
        ("买买提．艾力", "买买提·艾力", "confirm"),
        ("张\u3000三", "张三", "spelling"),
        ("张\u200b三", "张三", "spelling"),
        ("Ｌｉ Ｍｉｎｇ", "Li Ming", "spelling"),
        ("Nu\u0301n\u0303ez", "Núñez", "spelling"),
        ("'张三", "张三", "spelling"),
        ("“张三”", "张三", "spelling"),
    ],
)
def test_a_name_in_its_common_form_with_a_note(typed: str, read_as: str, weight: str) -> None:
    assert line_of({"C7": typed}).name == read_as
    note = notes_of({"C7": typed})["名册!C7"]
    assert (note.was, note.read_as, note.weight) == (typed, read_as, weight)


def test_a_replaced_character_is_named() -> None:
    assert "U+2F42" in notes_of({"C7": "张⽂"})["名册!C7"].what
    assert "U+0410" in problems_of({"C7": "Аnna Li"})["名册!C7"].what


def test_one_person_may_be_spelt_twice_but_not_named_twice() -> None:
    """The same document on two rows: what is asked is whether the names are the same, not their spelling."""
    same: dict[str, Value] = {"G8": ID1, "D8": "男", "C7": "买买提·艾力", "C8": "买买提•艾力"}
    assert "名册!C8" not in problems_of(same)
    assert "名册!C8" in problems_of(same | {"C8": "买买提·艾里"})


# --- other texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "employer",
    [
        "第?机床厂",
        "第一机床\ufffd",
        "锟斤拷锟斤拷",
        "ç¬¬ä¸€æœºåºŠåŽ‚",
        "NULL",
        "nan",
        "同上",
        "#REF!",
        "第□厂",
        "????",
        "？",
        "第一??",
        "第？？厂",
    ],
)
def test_an_employer_that_was_lost_is_refused(employer: str) -> None:
    assert set(problems_of({"I7": employer})) == {"名册!I7"}


@pytest.mark.parametrize("employer", ["无", "第一机床厂（集团）", "Null & Co", "Müller 机床", "谁是谁?", "㈱山田"])
def test_unusual_employers_are_taken_as_they_stand(employer: str) -> None:
    assert line_of({"I7": employer}).employer == employer
    assert notes_of({"I7": employer}) == {}


@pytest.mark.parametrize("remark", ["□ 补考", "同上", "？", "以下空白", "=减免", "《通知》第3条；见附件(2)"])
def test_remarks_may_say_anything(remark: str) -> None:
    assert line_of({"Q7": remark}).remark == remark
    assert notes_of({"Q7": remark}) == {}


@pytest.mark.parametrize("remark", ["备\ufffd", "NULL", "#REF!", "锟斤拷"])
def test_a_remark_that_no_person_wrote_is_refused(remark: str) -> None:
    assert set(problems_of({"Q7": remark})) == {"名册!Q7"}


def test_a_number_that_a_program_shortened_is_named_without_a_plus() -> None:
    assert "末尾数位已丢失" in problems_of({"G7": "9.99999199003E17"})["名册!G7"].what


@pytest.mark.parametrize(
    "typed",
    [
        "'zhang@example.org",
        "’zhang@example.org",
        "'zhang@example.org'",
        '"zhang@example.org"',
        "“zhang@example.org”",
        "`zhang@example.org",
        "mailto:zhang@example.org",
        "<zhang@example.org>",
        "zhang@example.org;",
        '="zhang@example.org"',
    ],
)
def test_marks_round_an_address(typed: str) -> None:
    assert line_of({"R7": typed}).email == "zhang@example.org"
    assert notes_of({"R7": typed})["名册!R7"].weight == "spelling"


def test_a_look_alike_in_an_address_is_named() -> None:
    assert "U+0430" in problems_of({"R7": "zh\u0430ng@example.org"})["名册!R7"].what


# --- numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["\u0415" + "12345678", "E1234567\u0392", "E12345Ⅷ8"])
def test_two_alphabets_in_a_document_number(number: str) -> None:
    (problem,) = problems_of({"F7": "护照", "G7": number}).values()
    assert "U+" in problem.what


@pytest.mark.parametrize(("column", "typed"), [("B", "26\u0410" + "001"), ("G", ID1[:17] + "\u0425")])
def test_two_alphabets_in_other_numbers(column: str, typed: str) -> None:
    assert "U+04" in problems_of({f"{column}7": typed})[f"名册!{column}7"].what


def test_digits_of_another_script_are_read_and_to_be_looked_at() -> None:
    arabic = "".join(chr(0x660 + int(char)) if char.isdigit() else char for char in ID1)
    assert line_of({"G7": arabic}).id_number == ID1
    assert notes_of({"G7": arabic})["名册!G7"].weight == "confirm"
    assert line_of({"J7": "\u0668\u0662"}).theory == 82.0
    assert notes_of({"J7": "\u0668\u0662"})["名册!J7"].weight == "confirm"


@pytest.mark.parametrize(
    ("typed", "weight"),
    [
        (f" {ID1}", "spelling"),
        ("".join(chr(ord(char) + 0xFEE0) for char in ID1), "spelling"),
        ("'" + ID1, "spelling"),
        (ID1[:6] + ID1[8:17], "confirm"),
        (float(ID1[:6] + ID1[8:17]), "confirm"),
    ],
)
def test_what_weighs_in_a_number(typed: Value, weight: str) -> None:
    assert notes_of({"G7": typed})["名册!G7"].weight == weight


# --- residence permits ----------------------------------------------------------------------------------------------------


def permit(area: str, birth: str = "19900301", serial: str = "001") -> str:
    return area + birth + serial + resident_id_check(area + birth + serial)


@pytest.mark.parametrize("kind", ["港澳台居民居住证", "港澳居民居住证", "台湾居民居住证", "港澳台居住证"])
@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_a_residence_permit(kind: str, area: str) -> None:
    line = line_of({"F7": kind, "G7": permit(area)})
    assert (line.id_type, line.id_number) == ("港澳台居民居住证", permit(area))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"G7": permit("810000")[:17] + "?"}, "名册!G7"),
        ({"E7": "1990-03-02"}, "名册!E7"),
        ({"D7": "女"}, "名册!D7"),
        ({"G7": ID1}, "名册!G7"),
        ({"G7": permit("810000", "20120601"), "E7": "2012-06-01"}, "名册!E7"),
    ],
)
def test_a_residence_permit_is_looked_at_as_a_resident_id_is(changes: dict[str, Value], where: str) -> None:
    right: dict[str, Value] = {"F7": "港澳台居民居住证", "G7": permit("810000")}
    assert where in problems_of(right | changes)


@pytest.mark.parametrize(("kind", "where"), [("身份证", "F7"), (None, "F7")])
def test_the_number_of_a_permit_under_resident_id(kind: Value, where: str) -> None:
    changes: dict[str, Value] = {"F7": kind, "G7": permit("830000")}
    assert line_of(changes).id_type == "港澳台居民居住证"
    assert notes_of(changes)[f"名册!{where}"].weight == "confirm"


# --- words of the national standard -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("J6", "理论知识考试成绩"),
        ("J6", "理论知识考核成绩"),
        ("J6", "理论知识考试成绩 Theoretical Knowledge Test Result"),
        ("K6", "操作技能考核成绩"),
        ("K6", "操作技能考试成绩"),
        ("K6", "实际操作成绩"),
        ("K6", "操作技能考核成绩\nOperational Skill Test Result"),
        ("L6", "综合评审考核成绩"),
        ("M6", "评定成绩 Final Result"),
        ("H6", "文化程度 Educational Level"),
        ("H6", "⽂化程度"),
        ("C6", "姓名/Name"),
        ("G6", "有效证件号码"),
        ("G6", "身份证件号码"),
        ("N6", "证书编号 Certificate No."),
        ("A6", "序号No."),
        ("I6", "工作单位名称"),
    ],
)
def test_titles_as_certificates_print_them(address: str, title: str) -> None:
    assert read(saved(good({address: title}))).lines == (a_line(1), a_line(2))


@pytest.mark.parametrize(
    ("typed", "education"),
    [
        ("大学专科和专科学校", "大专"),
        ("中等专业学校", "中专"),
        ("研究生教育", "研究生"),
        ("博士研究生毕业", "博士"),
        ("硕士研究生毕业", "硕士"),
        ("研究生班毕业", "研究生"),
        ("大学本科毕业", "大学本科"),
        ("大学本科教育", "大学本科"),
        ("大学专科毕业", "大专"),
        ("中等专科毕业", "中专"),
        ("职业高中毕业", "职高"),
        ("技工学校毕业", "技校"),
        ("普通高中毕业", "高中"),
        ("初中毕业", "初中"),
        ("初中文化", "初中"),
        ("小学毕业", "小学"),
        ("文盲或半文盲", "文盲半文盲"),
        ("大专学历", "大专"),
        ("高级技工学校", "高技"),
    ],
)
def test_education_as_the_standard_names_it(typed: str, education: str) -> None:
    assert line_of({"H7": typed}).education == education
    assert notes_of({"H7": typed})["名册!H7"].weight == "spelling"


@pytest.mark.parametrize("typed", ["大学", "大学本科肄业", "大学专科结业", "中等职业教育", "其他"])
def test_an_education_that_is_not_sure_is_refused(typed: str) -> None:
    assert set(problems_of({"H7": typed})) == {"名册!H7"}


@pytest.mark.parametrize("typed", ["车工四级/中级工", "车工（四级）", "车工 中级", "车工/四级"])
def test_occupation_and_level_in_one(typed: str) -> None:
    changes: dict[str, Value] = {"A3": "职业(工种)及等级", "B3": typed, "I3": None, "J3": None}
    line = line_of(changes)
    assert (line.occupation_zh, line.level) == ("车工", 4)
