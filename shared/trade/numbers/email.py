"""E-mail addresses: their syntax is the library's business, asking the network is nobody's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import email_validator

LONGEST: Final = 254

# Reserved names too reach somebody where they are meant to: `.local` inside an office, `.test` where one tries out.
# The library's documentation has them taken out of this list; a parameter it has only for `.test`.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


_USUAL: Final = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?P<domain>[A-Za-z0-9.-]+)")
LONGEST_LOCAL: Final = 64


def plausible_email(address: str) -> bool:
    """Whether a letter to this address could arrive: the shape only, ASCII, at most 254 characters, local part 64.

    A domain in Chinese counts in its ASCII form (`xn--…`) only: not every mail server on the way knows the other."""
    if len(address) > LONGEST or not address.isascii():
        return False
    if (usual := _USUAL.fullmatch(address)) is not None and usual.start("domain") <= LONGEST_LOCAL + 1:
        return _plausible(f"x@{usual['domain']}")  # most addresses of a roster are at a few domains
    return _plausible(address)


@lru_cache(maxsize=4096)
def _plausible(address: str) -> bool:
    try:
        email_validator.validate_email(address, strict=True, allow_smtputf8=False, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return False
    return True
