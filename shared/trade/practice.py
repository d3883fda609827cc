"""Practice (R2): every body has a twin in a parallel tree, under an industry code that does not exist.

Whoever practises carries the twin's code and path in the token, so scoping by path keeps practice and procedure apart
without a word about it anywhere else. A certificate number of a twin has 99 where the industry stands: it comes out of
registers of its own and can never verify. See docs/decisions/0015-training-tree.md.
"""

from __future__ import annotations

from shared.trade.body_path import BodyPath

INDUSTRY = "99"


def twin(code: str) -> str:
    """The institution code that stands for `code` in practice: `49053012` → `99053012`."""
    return INDUSTRY + code[2:]


def original_of(code: str, industry: str) -> str:
    """The body that a twin stands for: `99053012` → `49053012`."""
    return industry + code[len(INDUSTRY) :]


def twin_path(path: str) -> str:
    """`/49000001/49053012/` → `/99000001/99053012/`."""
    return str(BodyPath(tuple(map(twin, BodyPath.read(path).codes))))


def is_practice(code: str) -> bool:
    """Whether an institution code, or a path, lies in the practice tree."""
    return code.lstrip("/").startswith(INDUSTRY)


def is_practice_number(number: str) -> bool:
    """Whether the 16 digits of a certificate number were given to a twin: the industry stands behind the year."""
    return number[2:].startswith(INDUSTRY)
