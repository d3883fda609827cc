"""A mailbox as somebody types it: of a body's office, or of an account's holder."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.trade.numbers.email import plausible_email


def _plausible(address: str) -> str:
    if not plausible_email(address):
        raise ValueError("不像电子邮箱 · this does not look like an e-mail address")
    return address


def _plausible_if_any(address: str) -> str:
    return _plausible(address) if address else ""


Mailbox = Annotated[str, Field(max_length=254), AfterValidator(_plausible)]
OptionalMailbox = Annotated[str, Field(max_length=254), AfterValidator(_plausible_if_any)]
"""Empty: none."""
