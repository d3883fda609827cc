"""What may be set for the certificate service alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class CertificateSettings(OwnSettings):
    verifications_per_minute: int = Field(
        30,
        ge=1,
        description=(
            "每个地址每分钟应答的不符核验次数；相符的不计 · wrong public look-ups answered per address and "
            "minute; right ones are not counted"
        ),
    )
    wrong_guesses_per_number: int = Field(
        20,
        ge=1,
        description=(
            "每个地址每天对同一编号的不符核验次数，超过后仅凭证件号码末几位不再核验 · wrong look-ups of one "
            "number per address and day, after which the last characters of the ID number alone are not enough"
        ),
    )
    wrong_guesses_per_address: int = Field(
        1000,
        ge=1,
        le=5000,
        description=(
            "每个地址每天对所有编号的不符核验次数，超过后同上 · wrong look-ups of all numbers per address and "
            "day, likewise"
        ),
    )
