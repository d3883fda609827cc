"""What a sentence for people looks like: Chinese first, then English, no word of the code in the Chinese half."""

from __future__ import annotations

import re

PLACE = "\ufffc"
"""Stands where something is filled in."""

_TYPED = re.compile(
    r"""
    `[^`]*`                                     # anything set in backticks is typed as it stands
    | (?:GET|POST|PUT|PATCH|DELETE)\s[^\s·，。；：、（）]+   # a request
    | (?:https?|sqlite|amqps?|mongodb|smtps?|folder)(?:\+\w+)?:[^\s·，。；：、（）]*  # an address
    | [\w.+-]+@[\w.-]+                          # a mailbox
    | \b[\w-]+=[\w…-]+                          # key=value
    | [\w%{}…-]*(?:/[\w.%{}…-]+)+/?             # a path
    | \bJIANDING_\w+                            # a setting
    | \b(?:Idempotency-Key|If-Match|Content-Type|Bearer|Excel|LibreOffice|WPS)\b   # header names and products
    | \.?\b(?:xlsx|xls|json|docx?|pdf|csv)\b            # endings of files
    | [A-Za-z][\w-]*(?:\.[\w-]+)+               # a name with dots: a file, an account
    | \b(?=[\w-]*\d)[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*\b   # a number with letters in it
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]*[a-z][a-z_]{2,}[A-Za-z_]*")
_SNAKE = re.compile(r"(?<![\w/.`…{-])[a-z]+(?:_[a-z]+)+(?![\w=./`}])")
_PATTERN = re.compile(r"\\[dwsb.]|\[[0-9A-Za-z]-|\^[\\(\[]|\(\?|\{\d+(?:,\d*)?\}|\$$")
CHINESE = re.compile(r"[\u3400-\u9fff]")


def halves(sentence: str) -> tuple[str, str]:
    zh, _, en = sentence.partition(" · ")
    return zh, en


def faults(sentence: str, typed: str = "") -> list[str]:
    """What is wrong with it; empty if nothing is. typed: what the reader sent, which may be said to them as it came."""
    zh, en = halves(sentence)
    if not re.search(r"[^\W\d_]", sentence.replace(PLACE, "")):  # figures and days speak for themselves
        return []
    if not zh or not en:
        return ["is not `中文 · English`"]
    found = []
    if not CHINESE.search(zh):
        found.append("its first half has no Chinese")
    if en and not re.search("[A-Za-z]", en):
        found.append("its second half has no English")
    if _PATTERN.search(sentence):
        found.append("holds a regular expression")
    said = set(re.findall(r"[\w-]+", typed))
    found += [
        f"{word!r} in the Chinese half"
        for word in _WORD.findall(_TYPED.sub(" ", zh.replace(PLACE, "0")))
        if word not in said
    ]
    found += [f"{word!r}, a name of the code, in the English half" for word in _SNAKE.findall(en) if word not in said]
    return found
