"""E-mail addresses: their syntax is the library's business, asking the network is nobody's."""

from __future__ import annotations

from typing import Final

import email_validator

LONGEST: Final = 254

# Reserved names too reach somebody where they are meant to: `.local` inside an office, `.test` where one tries out.
# The library's documentation has them taken out of this list; a parameter it has only for `.test`.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def plausible_email(address: str) -> bool:
    """Whether a letter to this address could arrive: the shape only, ASCII, at most 254 characters, local part 64.

    A domain in Chinese counts in its ASCII form (`xn--…`) only: not every mail server on the way knows the other."""
    if len(address) > LONGEST or not address.isascii():
        return False
    try:
        email_validator.validate_email(address, strict=True, allow_smtputf8=False, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return False
    return True
