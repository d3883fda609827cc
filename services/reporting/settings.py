"""What may be set for reporting alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from services.reporting.certified.person_key import PersonKey
from shared.settings import LadderText, OwnSettings

SHORTEST = 16  # characters of a key


def _long_enough(key: SecretStr) -> SecretStr:
    """Whoever has the hashes tries keys, too."""
    if 0 < len(key.get_secret_value()) < SHORTEST:
        raise ValueError(f"密钥少于 {SHORTEST} 个字符 · a key has {SHORTEST} characters at least (make secrets)")
    return key


class ReportingSettings(OwnSettings):
    person_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        SecretStr(""),
        description=(
            "人员识别密钥，据以识别已取得证书的人员；永久不变，"
            "且不得与数据库备份放在一起（`docs/decisions/0036`）。`all` 自行生成并存放在 `secrets` 旁边 · key "
            "under which certified persons are recognised; the same for good, and in no backup of the database "
            "(docs/decisions/0036). `all` makes one and keeps it beside `secrets`"
        ),
    )
    person_key_replaces: str = Field(
        "",
        pattern=r"^([0-9a-f]{12})?$",
        description=(
            "有意更换密钥时，被 `person_key` 取代的密钥的指纹 · fingerprint of the key that `person_key` takes "
            "the place of, if it was changed on purpose"
        ),
    )
    roster_days: int = Field(
        15,
        ge=1,
        le=250,
        description=(
            "鉴定之后呈报合格人员名册的工作日数（R4.2） · working days after the exam within which a body hands in its "
            "roster (R4.2)"
        ),
    )
    roster_ladder: LadderText = Field(
        "7,3,1,0,-1,-3",
        description=(
            "合格人员名册的提醒级：期限前的天数，逾期为负，此后每周一次 · reminders of rosters: days before the last day, "
            "negative after it, then weekly"
        ),
    )
    review_panel: int = Field(
        3,
        ge=1,
        le=15,
        description=(
            "技师考评评委的最少人数（规则 §9） · members that the panel of a technician review has at least (rules §9)"
        ),
    )
    review_panel_odd: bool = Field(
        True, description="评委人数是否须为单数 · whether that panel must be of an odd number"
    )


def person_key(settings: ReportingSettings) -> PersonKey:
    return PersonKey(settings.person_key.get_secret_value(), settings.person_key_replaces)
