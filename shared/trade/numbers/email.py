"""E-mail addresses."""

from __future__ import annotations

import re
from typing import Final

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


def plausible_email(address: str) -> bool:
    """Whether a letter to this address could arrive: the shape only, ASCII, at most 254 characters, local part 64."""
    return len(address) <= 254 and address.find("@") <= 64 and _EMAIL.fullmatch(address) is not None
