"""Names of persons: how a typed one is read, and when two are the same (docs/decisions/0039-one-name-key.md)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from shared.trade import characters
from shared.trade.characters import is_ideograph, named

DOT: Final = "·"
"""U+00B7, the dot between the parts of a name as the state's own systems keep it (民委发〔2016〕33号)."""

_DOTS: Final = "·•‧∙⋅・･●◦⸱ꞏ᛫᠂․﹒⸳"
_STOPS: Final = ".。｡．"
"""Dots between Chinese characters; in Latin names they are full stops (J. Smith)."""
_APOSTROPHES: Final = "'‘’ʼʹ`´′＇"
_DASHES: Final = "-‐‑‒–—―−－﹣"
_UNIFIED: Final[dict[int, str]] = (
    dict.fromkeys(map(ord, _DOTS + _STOPS), DOT)
    | dict.fromkeys(map(ord, _APOSTROPHES), "'")
    | dict.fromkeys(map(ord, _DASHES), "-")
)
_ASCII_SIGNS: Final = frozenset(" '-.@")
_BETWEEN_PERSONS: Final = frozenset(",=+&")
"""In a Latin name they are a part of it (`Smith, John`); behind a Chinese character they divide two persons."""
_SIGNS: Final = frozenset("·‘’ʼ‐‑–")
_TIBETAN_DOTS: Final = frozenset("\u0f0b\u0f0c")
"""End the syllables of a Tibetan name."""
_KOREAN_DOT: Final = "\u318d"
"""A letter, which old input methods give for the dot."""

_HAN: Final = r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_MID: Final = f"[{re.escape(_DOTS)}]"
_STOP: Final = f"[{re.escape(_STOPS)}]"
_BLANKS_WITHOUT_MEANING: Final = re.compile(
    rf"(?<={_HAN}) (?={_HAN})|(?<={_MID}) | (?={_MID})|(?<={_HAN}) (?={_STOP} ?{_HAN})|(?<={_HAN}{_STOP}) (?={_HAN})"
    rf"|(?<={_HAN} {_STOP}) (?={_HAN})"
)
_TWO_WORDS: Final = re.compile(rf"{_HAN}{_HAN} {_HAN}{_HAN}")
"""Blanks align names of two characters; between longer parts they stand for something."""
_SEVERAL_DOTS: Final = re.compile(f"{DOT}+")
_DOT_OR_SEVERAL: Final = re.compile(rf"{_MID}+|(?<={_HAN}){_STOP}+(?={_HAN})")

_MOST_STEPS: Final = 8

_KANA: Final = {
    "ニ": "二",
    "ハ": "八",
    "ロ": "口",
    "カ": "力",
    "エ": "工",
    "タ": "夕",
    "ト": "卜",
    "ー": "一",
    "ミ": "三",
}
"""Katakana that look like a character, and are typed for it."""


def name_key(name: str) -> str:
    """Two names are the same if and only if their keys are: whatever dots, blanks, case, full-width letters, radicals,
    accents put together or apart, invisible characters, or look-alike letters of another alphabet they are written with.

    For comparing only: it is computed where names are compared, never stored, and never shown. Empty: nothing to compare."""
    key = _folded(name)
    for _ in range(_MOST_STEPS):  # what comes out of one may be invisible, a radical or a part of a letter in its turn
        if key.isascii() or (again := _folded(key)) == key:
            break
        key = again
    return key


def _folded(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", characters.common(characters.visible(text)))
    text = characters.looks_latin(unicodedata.normalize("NFC", text.upper())).translate(_UNIFIED)
    return _SEVERAL_DOTS.sub(DOT, unicodedata.normalize("NFC", "".join(text.split())))


def same_name(one: str, other: str) -> bool:
    """Not in constant time: where nobody may guess, compare the keys."""
    return name_key(one) == name_key(other)


@dataclass(frozen=True, slots=True)
class NameAsRead:
    """text: as it is stored and printed. spelt: with only its way of writing put right; where that is another text, somebody
    has to look. why: what became of it beyond that, in Chinese and in English."""

    text: str
    spelt: str
    why: tuple[str, str] | None = None


def read_name(typed: str) -> NameAsRead:
    """A typed name in its common form. Empty, if nothing of it is to be seen."""
    narrow = characters.narrow(characters.composed(characters.visible(typed)))
    spelt = _joined(narrow)
    text = _dotted(_joined(characters.common_letters(spelt)))
    if text == spelt and _TWO_WORDS.search(" ".join(narrow.split())):
        return NameAsRead(text, typed, ("空白两侧可能是两个人，或缺间隔号", "maybe two persons, or a dot is missing"))
    if text == spelt and not characters.has_doubtful_letters(typed):
        return NameAsRead(text, text)
    if characters.has_doubtful_letters(typed):
        spelt = typed
    why = ("写法已更正", "the way of writing it was put right")
    if DOT in text and DOT not in spelt:
        why = ("间隔号统一为“·”", "the dot between its parts unified")
    elif strangers := characters.replaced(characters.composed(typed), text + " "):
        chinese, english = named(strangers[0])
        why = (f"{chinese}不是通用字，已更正", f"{english} is not the common character")
    return NameAsRead(text, spelt, why)


def unusual(name: str) -> tuple[str, str, str] | None:
    """A character that no name has: what, in Chinese and English, and how to mend it. name: as read."""
    if (char := characters.of_another_alphabet(name)) is not None:
        chinese, english = named(char)
        return (
            f"混有其他文字的字母 {chinese}",
            f"letters of two alphabets are mixed: {english}",
            "删除该字母，改用键盘上的字母重新录入 · delete it and type it again",
        )
    for before, char in pairwise(f" {name}"):
        if unicodedata.category(char)[0] in "LM":
            if 0x2E80 <= ord(char) < 0x2FE0 or 0x31C0 <= ord(char) < 0x31F0:
                chinese, english = named(char)
                return (
                    f"{chinese}是部首或笔画，不是字",
                    f"{english} is a part of a character only",
                    "按身份证件重新录入 · type it again as on the identity document",
                )
            fits = char != _KOREAN_DOT and not (unicodedata.category(char)[0] == "M" and is_ideograph(before))
        elif char in _BETWEEN_PERSONS:
            fits = not is_ideograph(before)
        elif char in _TIBETAN_DOTS:
            fits = "\u0f00" <= before <= "\u0fff"
        else:
            fits = char in _ASCII_SIGNS or char in _SIGNS or is_ideograph(char)  # 〇 is a numeral
        if not fits:
            chinese, english = named(char)
            return (
                f"姓名中不应有 {chinese}",
                f"no name has the sign {english}",
                "按身份证件填写，一格一人 · write it as on the identity document, one person in a cell",
            )
    return _katakana(name)


def _katakana(name: str) -> tuple[str, str, str] | None:
    """One katakana between Chinese characters that looks like one of them."""
    kana = [char for char in name if "\u30a0" <= char <= "\u30ff"]
    if len(kana) != 1 or kana[0] not in _KANA or not any(is_ideograph(char) for char in name):
        return None
    chinese, english = named(kana[0])
    meant = _KANA[kana[0]]
    return (
        f"{chinese}是日文假名，不是汉字",
        f"{english} is Japanese katakana, not a Chinese character",
        f"是否应为“{meant}”？ · did you mean {meant}?",
    )


def _joined(text: str) -> str:
    """Without the blanks that align names of two characters (`张　三`), and those round a dot."""
    return _BLANKS_WITHOUT_MEANING.sub("", " ".join(text.split()))


def _dotted(text: str) -> str:
    """Every spelling of the dot as U+00B7; a full stop only where it stands between Chinese characters, several as one."""
    return _DOT_OR_SEVERAL.sub(DOT, text)


def is_well_dotted(name: str) -> bool:
    """Whether every dot stands between two parts."""
    return all(part.strip() for part in name.split(DOT)) if name else False
