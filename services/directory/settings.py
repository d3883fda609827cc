"""What may be set for the directory alone."""

from __future__ import annotations

from pydantic import Field

from shared.access_token import LONGEST_LIFE
from shared.settings import LadderText, OwnSettings


class DirectorySettings(OwnSettings):
    token_minutes: int = Field(
        15, ge=1, le=LONGEST_LIFE // 60, description="访问令牌的有效期，单位分钟 · life of an access token"
    )
    refresh_days: int = Field(
        14,
        ge=1,
        le=90,
        description="登录闲置多少天后须重新输入密码 · days after which an unused sign-in needs the password again",
    )
    key_days: int = Field(
        30, ge=1, le=365, description="令牌签名密钥多少天更换一次 · days after which tokens are signed with a new key"
    )
    training_ladder: LadderText = Field(
        "30,14,7,3,1,0",
        description=(
            "培训到期的提醒级：到期前的天数，逾期为负；到期一周后不再提醒 · reminders of trainings that end: days before "
            "the last day, negative after it; none from a week after the last of them on"
        ),
    )
    licence_ladder: LadderText = Field(
        "90,60,30,14,7,3,1,0",
        description=(
            "许可证到期的提醒级：到期前的天数，逾期为负，此后每周一次，换证为止 · reminders of licences that end: days before "
            "the last day, negative after it, then weekly until there is another one"
        ),
    )
    examiner_card_ladder: LadderText = Field(
        "30,14,7,3,1,0,-1,-3",
        description=(
            "考评、督导人员卡证到期的提醒级：到期前的天数，逾期为负，此后每周一次 · reminders of cards of examiners and "
            "supervisors that end: days before the last day, negative after it, then weekly"
        ),
    )
    annual_rectification_ladder: LadderText = Field(
        "30,14,7,3,1,0,-1,-3",
        description=(
            "年检整改的提醒级：期限前的天数，逾期为负，此后每周一次 · reminders of rectifications after an annual "
            "inspection: days before the last day, negative after it, then weekly"
        ),
    )
