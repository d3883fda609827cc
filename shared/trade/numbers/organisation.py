"""Organisation codes (rules §7.2): warn, never block, because real codes that fail the check exist."""

from __future__ import annotations

import re
from typing import Final

from shared.trade.numbers.spelling import normalise

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION: Final = re.compile(r"([0-9A-Z]{8})-?([0-9X])")


def credit_code_warning(text: str) -> str | None:
    """What is suspicious about a unified social credit code (GB 32100-2015), or None."""
    code = normalise(text)
    if len(code) != 18:
        return (
            f"统一社会信用代码应为 18 位，现为 {len(code)} 位 · a social credit code has 18 characters, not {len(code)}"
        )
    if any(char not in _CREDIT_ALPHABET for char in code):
        return "统一社会信用代码不含 I、O、S、V、Z 及符号 · a social credit code has no I, O, S, V, Z and no signs"
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True))
    if _CREDIT_ALPHABET[-total % 31] != code[17]:
        return "统一社会信用代码校验位不符，请核对 · check digit of the social credit code does not match, please check"
    return None


def organisation_code_warning(text: str) -> str | None:
    """What is suspicious about an organisation code (GB 11714, until 2015), or None."""
    shape = _ORGANISATION.fullmatch(normalise(text))
    if shape is None:
        return "组织机构代码应为 8 位加 1 位校验码 · an organisation code has 8 characters and a check character"
    body, check = shape.groups()
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    if "0X987654321"[total % 11] != check:
        return "组织机构代码校验位不符，请核对 · check character of the organisation code does not match, please check"
    return None
