"""Characters that look like others, or like nothing. How each is read, or why it is not.

A form that was copied out of a PDF holds radicals (⽂, U+2F42) where characters were meant (文, U+6587); one that came through
an old input method holds letters of other alphabets. On paper nobody sees the difference, in a look-up everybody does."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

_SELECTORS: Final = frozenset((*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""Ask for a variant of the character before them, which no identity document does."""
_ZERO_WIDTH: Final = frozenset(
    (
        0xAD,
        0x34F,  # combining grapheme joiner
        0x61C,
        0x17B4,
        0x17B5,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF0, 0xFFFC),
        *range(0x1BCA0, 0x1BCA4),
        *range(0x1D173, 0x1D17B),
        *range(0xE0000, 0xE0080),
    )
)
_FILLERS: Final = frozenset((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0))
"""As wide as a letter, and empty: Hangul fillers and the braille blank. They are read as a blank."""

_INVISIBLE: Final[dict[int, str]] = dict.fromkeys(_ZERO_WIDTH | _SELECTORS, "") | dict.fromkeys(_FILLERS, " ")

# CJK radicals that are characters by themselves. Unicode gives the Kangxi radicals (U+2F00 on) an equivalent, and of these
# only two; those that are parts of characters only are left out, and refused where a name has one.
_RADICALS: Final = (
    "⺁厂⺄乙⺊卜⺎兀⺒巳⺓幺⺝月⺟母⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻘青⻙韦⻚页⻛风"
    "⻜飞⻝食⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_COMMON: Final[dict[int, str]] = {
    radical: unicodedata.normalize("NFKC", chr(radical)) for radical in range(0x2F00, 0x2FD6)
} | {ord(_RADICALS[n]): _RADICALS[n + 1] for n in range(0, len(_RADICALS), 2)}

_FORMS: Final = (
    (0x2102, 0x2149),  # letterlike
    (0xFB00, 0xFB4F),  # ligatures
    (0xFB50, 0xFDFF),  # Arabic presentation forms, as old programs write Uighur names
    (0xFE70, 0xFEFC),
    (0xFF66, 0xFF9F),  # half-width katakana
    (0x1D400, 0x1D7FF),  # mathematical alphabets
)
_WIDE: Final[dict[int, int]] = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}

# Capital letters of other alphabets that look like Latin ones.
_LOOK_ALIKES: Final[dict[int, str]] = {
    ord(other): latin
    for others, latins in (("АВЕКМНОРСТУХЅІЈԚԜ", "ABEKMHOPCTYXSIJQW"), ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"))
    for other, latin in zip(others, latins, strict=True)
}

_ALPHABETS: Final = (("LATIN", "拉丁"), ("CYRILLIC", "西里尔"), ("GREEK", "希腊"))


def visible(text: str) -> str:
    """Without what nobody sees; an empty letter (U+3164 and its like) is a blank."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def has_empty_letters(text: str) -> bool:
    """Whether something stood there that is as wide as a letter, or asked for another form of one."""
    return not text.isascii() and any(ord(char) in _FILLERS or ord(char) in _SELECTORS for char in text)


def composed(text: str) -> str:
    """Letters and accents put together, as every keyboard writes them: nothing that anybody sees."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def common(text: str) -> str:
    """Radicals and compatibility ideographs as the characters that they look like. A rare character of its own stays."""
    return text if text.isascii() else composed(text).translate(_COMMON)


def common_letters(text: str) -> str:
    """As `common`, and letters that were drawn for one place on a line, or for formulas, as the plain ones."""
    text = common(text)
    if text.isascii():
        return text
    return composed("".join(unicodedata.normalize("NFKC", char) if _is_form(char) else char for char in text))


def narrow(text: str) -> str:
    """Full-width signs, letters and digits as ASCII."""
    return text if text.isascii() else text.translate(_WIDE)


def plain_digits(text: str) -> str:
    """Digits of every script as 0-9."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if unicodedata.decimal(char, None) is not None else char for char in text
    )


def looks_latin(text: str) -> str:
    """Capital letters that look like Latin ones as those. For comparing only."""
    return text.translate(_LOOK_ALIKES)


def is_ideograph(char: str) -> bool:
    code = ord(char)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
        or code == 0x3007
    )


def alphabet(char: str) -> str:
    """The first word of the character's Unicode name: LATIN, CYRILLIC, GREEK, CJK …; empty for what is no letter."""
    return unicodedata.name(char, "").split(" ")[0].split("-")[0] if unicodedata.category(char).startswith("L") else ""


def of_another_alphabet(text: str) -> str | None:
    """A Cyrillic or Greek letter among Latin letters or Chinese characters; of a text in one alphabet: None."""
    found = {alphabet(char) for char in text}
    for name in ("CYRILLIC", "GREEK"):
        if name in found and found & ({"LATIN", "CJK", "CYRILLIC", "GREEK"} - {name}):
            return next(char for char in text if alphabet(char) == name)
    return None


def foreign_to_codes(text: str) -> str | None:
    """The first letter or sign that no number of a document has: neither ASCII nor a Chinese character."""
    if text.isascii():
        return None
    return next((char for char in text if not char.isascii() and not is_ideograph(char)), None)


def named(char: str) -> tuple[str, str]:
    """A character for a person who sees no difference, in Chinese and in English: itself, its alphabet, its code point."""
    point = f"U+{ord(char):04X}"
    shown = char if char.isprintable() and ord(char) not in _INVISIBLE and not unicodedata.combining(char) else ""
    chinese = next((name + "字母，" for start, name in _ALPHABETS if alphabet(char) == start), "")
    english = next((f", {start.title()}" for start, _ in _ALPHABETS if alphabet(char) == start), "")
    return f"“{shown}”({chinese}{point})" if shown else point, f"{shown} ({point}{english})" if shown else point


def replaced(before: str, after: Iterable[str]) -> list[str]:
    """The characters of `before` that are not in `after`, each once."""
    kept = set(after)
    return list(dict.fromkeys(char for char in before if char not in kept))


def _is_form(char: str) -> bool:
    code = ord(char)
    return any(first <= code <= last for first, last in _FORMS) and unicodedata.category(char)[0] in "LM"
