"""What may be set for the certificate service alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class CertificateSettings(OwnSettings):
    verifications_per_minute: int = Field(
        30, ge=1, description="wrong public look-ups answered per address and minute; right ones are not counted"
    )
    wrong_guesses_per_number: int = Field(
        20,
        ge=1,
        description="wrong look-ups of one number per address and day, after which the last characters of the ID number "
        "alone are not enough",
    )
    wrong_guesses_per_address: int = Field(
        1000,
        ge=1,
        le=5000,
        description="wrong look-ups of all numbers per address and day, likewise",
    )
