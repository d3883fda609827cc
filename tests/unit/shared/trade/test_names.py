"""One key decides whether two names are the same, and a typed name is read in its common form."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.trade.names import name_key, read_name, same_name, unusual

SAME = {
    "dots": [f"买买提{dot}艾力" for dot in "·•‧∙⋅・･．.。｡●"] + ["买买提 · 艾力", "买买提 ．艾力", "买买提··艾力"],
    "radicals": ["张文", "张⽂", "张\u3000⽂"],
    "a supplementary radical": ["马龙", "⻢⻰", "⾺龙".replace("⾺", "⻢")],
    "compatibility ideographs": ["豈金", "\uf900\uf90a"],
    "variants asked for": ["葛三", "葛\U000e0100三", "葛\ufe00三"],
    "empty letters": ["张三", "张\u3164三", "张\u2800三", "\u115f张三", "张\uffa0三", "张\u200b三\ufeff", "张\u034f三"],
    "accents apart": ["Núñez", "Nu\u0301n\u0303ez", "NÚÑEZ"],
    "full width and case": ["Li Ming", "Ｌｉ\u3000Ｍｉｎｇ", "li  ming", "LIMING"],
    "another alphabet": ["Anna", "Аnna", "Αnna", "АNNА"],
    "apostrophes and hyphens": ["O'Brien-Li", "O’Brien‐Li", "OʼBrien–Li"],
    "ligatures and formulas": ["Griffin", "Griﬃn", "𝐆𝐫𝐢𝐟𝐟𝐢𝐧"],
}
DIFFERENT = [
    ("张三", "张四"),
    ("买买提·艾力", "买买提艾力"),
    ("𠮷田", "吉田"),
    ("㐂田", "喜田"),
    ("張三", "张三"),
    ("Núñez", "Nunez"),
    ("王〇", "王一"),
]


@pytest.mark.parametrize("case", SAME)
def test_spellings_of_one_name_have_one_key(case: str) -> None:
    assert {name_key(spelling) for spelling in SAME[case]} == {name_key(SAME[case][0])}
    assert all(same_name(SAME[case][0], spelling) for spelling in SAME[case])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_names_have_another_key(one: str, other: str) -> None:
    assert not same_name(one, other)


@pytest.mark.parametrize("nothing", ["", " ", "\u3164", "\u2800\u200b", "\U000e0100"])
def test_a_name_of_nothing_has_no_key(nothing: str) -> None:
    assert name_key(nothing) == ""


@given(st.text(max_size=20))
def test_a_key_is_its_own_key_and_that_of_every_form(name: str) -> None:
    key = name_key(name)
    assert name_key(key) == key
    for form in ("NFC", "NFD"):
        assert name_key(unicodedata.normalize(form, name)) == key
    assert name_key(f" {name}\u200b") == key


@given(st.text(max_size=20))
def test_a_name_as_read_is_the_same_and_is_read_as_it_stands(name: str) -> None:
    read = read_name(name)
    assert same_name(read.text, name)
    again = read_name(read.text)
    assert (again.text, again.spelt) == (read.text, read.text)


@pytest.mark.parametrize(
    ("typed", "read", "confirm"),
    [
        ("张三", "张三", False),
        ("张\u3000三 ", "张三", False),
        ("Ｌｉ　Ｍｉｎｇ", "Li Ming", False),
        ("Nu\u0301n\u0303ez", "Núñez", False),
        ("张\u200b三", "张三", False),
        ("J. Smith", "J. Smith", False),
        ("㐂田\U00020bb7", "㐂田\U00020bb7", False),
        ("\ufa0e田", "\ufa0e田", False),  # among the compatibility ideographs, but a character of its own
        ("张⽂", "张文", True),
        ("\uf90a三", "金三", True),
        ("张\u3164三", "张三", True),
        ("葛\U000e0100三", "葛三", True),
        ("买买提•艾力", "买买提·艾力", True),
        ("买买提 . 艾力", "买买提·艾力", True),
        ("买买提。艾力", "买买提·艾力", True),
        ("ﻋﻠﻲ", "علي", True),
        ("张 三丰", "张三丰", False),
        ("张三 李四", "张三李四", True),
        ("阿依古丽\n买买提", "阿依古丽买买提", True),
    ],
)
def test_what_somebody_has_to_look_at(typed: str, read: str, confirm: bool) -> None:
    found = read_name(typed)
    assert found.text == read
    assert (found.text != found.spelt) is confirm
    assert (found.why is not None) is confirm


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("Аnna", "U+0410"),
        ("Ann\u03b1", "U+03B1"),
        ("尼古拉·А·伊万诺夫", "U+0410"),
        ("张⺅", "U+2E85"),
        ("张㇐", "U+31D0"),
        ("张ニ", "U+30CB"),
        ("张☺", "U+263A"),
        ("张三、李四", "U+3001"),
        ("张三(男)", "U+0028"),
        ("张Ⅱ", "U+2161"),
        ("张三,李四", "U+002C"),
        ("张三,", "U+002C"),
        ("张三&李四", "U+0026"),
        ("张三+李四", "U+002B"),
        ("买买提ㆍ艾力", "U+318D"),
        ("买买提\u05bc艾力", "U+05BC"),
        ("张\u0f0b三", "U+0F0B"),
    ],
)
def test_a_character_that_no_name_has_is_named(name: str, point: str) -> None:
    found = unusual(name)
    assert found is not None
    what, english, fix = found
    assert point in what and point in english
    assert fix


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "Иван Петров",
        "Anna-Maria O'Brien",
        "山田エリカ",
        "ئالىم",
        "བཀྲ་ཤིས"[:2],
        "བསྟན་འཛིན་",
        "김철수",
        "Smith, John",
    ],
)
def test_names_of_one_alphabet_are_usual(name: str) -> None:
    assert unusual(name) is None
