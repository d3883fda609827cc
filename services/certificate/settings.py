"""What may be set for the certificate service alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import LadderText, OwnSettings


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
    production_days: int = Field(
        5,
        ge=1,
        le=250,
        description=(
            "名册批准后完成编号和打印文件的工作日数 · working days after a roster's approval within which its numbers and print "
            "files are made"
        ),
    )
    production_ladder: LadderText = Field(
        "1,0,-1,-3",
        description="制作的提醒级：期限前的天数，逾期为负 · reminders of what is to be made: days before the last day",
    )
    posting_days: int = Field(
        3,
        ge=1,
        le=250,
        description="制作完成后寄发的工作日数 · working days after they were made within which certificates are posted",
    )
    posting_ladder: LadderText = Field(
        "1,0,-1,-3",
        description="寄发的提醒级：期限前的天数，逾期为负 · reminders of what is to be posted: days before the last day",
    )
    receipt_days: int = Field(
        15,
        ge=1,
        le=250,
        description=(
            "寄发后登记收到的天数（日历日） · days after the posting within which the appraising body enters what it "
            "received; every day of the calendar counts"
        ),
    )
    receipt_ladder: LadderText = Field(
        "3,0,-1,-3",
        description="登记收到的提醒级：期限前的天数，逾期为负 · reminders of parcels to be received: days before the last day",
    )
