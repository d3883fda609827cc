"""Texts that lost a character on their way through programs, or were never a text: the mark that was put in its place, the
word that a program prints for nothing, Chinese in the wrong encoding. Each answer is (Chinese, English) or None; only what is
sure is named."""

from __future__ import annotations

import unicodedata
from typing import Final

from shared.trade.characters import is_ideograph, named

_LOST: Final = frozenset("\ufffd\ufffc□▢▯◻⬚⬜◽▫〓")
"""What programs put for a character that they do not know."""
_QUESTION: Final = "?\uff1f"
_HIDDEN: Final = frozenset("*\uff0a×✕✖■█")
"""What people put for a character that nobody shall see."""
_COMPOSED: Final = range(0x2FF0, 0x3000)
"""Ideographic description: how a character is put together, instead of the character (⿰亻三)."""

_PROGRAM_WORDS: Final = frozenset(
    {
        "NAN",
        "NULL",
        "NONE",
        "NIL",
        "N/A",
        "NA",
        "UNDEFINED",
        "TRUE",
        "FALSE",
        "NAT",
        "UNKNOWN",
        "ERROR",
        "[OBJECTOBJECT]",
    }
)
_SIGNS_OF_NO_NAME: Final = frozenset("某锟斤拷烫屯锘")
"""Characters of the words below and of garbled texts; rare enough that a name with one is looked at more closely."""
_EXCEL_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_DITTO: Final = frozenset({"同上", "同前", "同左", "〃", "″", "〞", '"', "''", "“", "”"})
_NOBODY: Final = frozenset(
    {"无", "无名", "暂无", "没有", "不详", "未知", "待定", "待补", "待填", "略", "空", "空白", "某某"}
)

_NO_LETTER_OF_WINDOWS: Final = "\u2200"
_GARBAGE: Final = ("锟斤拷", "锟斤", "斤拷锟", "烫烫烫", "屯屯屯", "锘挎", "ï»¿", "â€", "Ã¥", "Ã¤", "Ã§", "Ã©", "ï¼")
"""U+FFFD and a byte order mark in the wrong encoding, memory that nobody filled, and UTF-8 in the wrong encoding."""


def lost_character(text: str, *, question_marks: bool) -> tuple[str, str] | None:
    """A mark in the place of a character. question_marks: whether `?` can stand for nothing else, as in a name; else it
    has to touch a Chinese character on both sides, be one of several, or be all there is."""
    for place, char in enumerate(text):
        question = char in _QUESTION and (
            question_marks
            or (0 < place < len(text) - 1 and is_ideograph(text[place - 1]) and is_ideograph(text[place + 1]))
            or text[place + 1 : place + 2] == char
            or len(text) == 1
        )
        # Rare characters of names are younger than what a release of Python knows: planes of ideographs are believed whole.
        unknown = not is_ideograph(char) and unicodedata.category(char) in ("Cn", "Cs")
        if question or char in _LOST or unknown:
            chinese, english = named(char)
            return f"有字丢失，变成了 {chinese}", f"a character was lost: {english} stands in its place"
        if ord(char) in _COMPOSED:
            return "用拼字符号代替了字", "signs tell how a character is put together instead of the character"
    return None


def hidden_character(text: str) -> tuple[str, str] | None:
    """Marks that hide a part of a name (张*, 张××, 张某某)."""
    mark = next((char for char in text if char in _HIDDEN), None)
    if mark is None and "某某" not in text:
        return None
    return "姓名被遮盖，不完整", "a part of the name is hidden"


def no_text(text: str) -> tuple[str, str] | None:
    """A whole cell that a program wrote for nothing, or that points at another cell."""
    bare = "".join(text.split()).upper()
    if bare in _EXCEL_ERRORS or bare.strip("<>()[]{}（）【】") in _PROGRAM_WORDS or bare in _PROGRAM_WORDS:
        return "这是程序写出的空值，不是内容", "this is what a program writes for nothing"
    if points_at_another_cell(text):
        return "没有写出内容，只说与上一格相同", "this points at another cell instead of saying it"
    return None


def points_at_another_cell(text: str) -> bool:
    return "".join(text.split()) in _DITTO


def nobody(text: str) -> bool:
    """Whether a name says that there is none."""
    return "".join(text.split()) in _NOBODY


def is_plain(name: str) -> bool:
    """Whether it is sure at a glance that characters of one usual set are a name as it was typed: most are."""
    try:
        name.encode("gb2312")
    except UnicodeError:
        return False
    return not (_SIGNS_OF_NO_NAME.intersection(name) or name in _NOBODY or name in _DITTO)


def wrong_encoding(text: str) -> tuple[str, str] | None:
    """Chinese that was read in an encoding it was not written in."""
    if not text.isascii() and (any(mark in text for mark in _GARBAGE) or _read_anew(text)):
        return "编码错误，成了乱码", "this is garbled: it was read in the wrong encoding"
    return None


def _read_anew(text: str) -> bool:
    """Whether other Chinese comes out of its bytes, which no text does by chance: every character of it a usual one."""
    # A no-break space is a byte of such texts, and many programs made a blank of it.
    western = text.replace(" ", "\xa0")
    if max(western) < _NO_LETTER_OF_WINDOWS:
        for wrong, right in (("cp1252", "utf-8"), ("latin-1", "utf-8")):
            found = _decoded(western, wrong, right)
            if found is not None and any(is_ideograph(char) for char in found):
                return True
    bare = "".join(text.split())
    if len(bare) >= 4 and not len(bare) % 2 and all("\xa1" <= char <= "\xff" for char in bare):
        found = _decoded(bare, "latin-1", "gb2312")
        if found is not None and all(is_ideograph(char) for char in found):
            return True
    if _decoded(bare, "gb2312", "gb2312") is None:
        found = _decoded(bare, "gbk", "utf-8")
        return found is not None and all(
            is_ideograph(char) and _decoded(char, "gb2312", "gb2312") is not None for char in found
        )
    return False


def _decoded(text: str, wrong: str, right: str) -> str | None:
    try:
        return text.encode(wrong).decode(right)
    except UnicodeError:
        return None
