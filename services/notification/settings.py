"""What notification alone can be told."""

from __future__ import annotations

from datetime import time
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from shared.settings import OwnSettings
from shared.trade.numbers.email import plausible_email

SHORTEST = 16  # characters of a key


def _long_enough(key: SecretStr) -> SecretStr:
    """Whoever has a copy of the database tries keys."""
    if 0 < len(key.get_secret_value()) < SHORTEST:
        raise ValueError(f"密钥少于 {SHORTEST} 个字符 · a key has {SHORTEST} characters at least (make secrets)")
    return key


def _address_or_none(written: str) -> str:
    if written and not plausible_email(written):
        raise ValueError(f"{written} 不是邮箱地址 · {written} is no mailbox, like postmaster@example.org")
    return written


def _networks(written: str) -> str:
    for one in filter(None, (part.strip() for part in written.split(","))):
        try:
            ip_network(one)
        except ValueError as error:
            raise ValueError(f"{one} 不是网段 · {one} is no network, like 10.1.2.0/24") from error
    return written


def _sender(written: str) -> str:
    """Each letter would fail otherwise, one by one."""
    if not plausible_email(parseaddr(written)[1]):
        raise ValueError(f"{written} 不含邮箱地址 · names no mailbox, like 鉴定中心 <no-reply@example.org>")
    return written


NO_DIGESTS = "off"


def _time_of_day(written: str) -> str:
    """Empty: no digests; an empty variable would count as not set."""
    if written in ("", NO_DIGESTS):
        return ""
    try:
        time.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"{written} 不是时刻，如 08:30 · is no time of day, like 08:30") from error
    return written


class NotificationSettings(OwnSettings):
    mail_from: Annotated[str, AfterValidator(_sender)] = Field(
        "鉴定中心 <no-reply@jianding.example>", description="所有信函的发件人 · sender of all letters"
    )
    canary_to: Annotated[str, AfterValidator(_address_or_none)] = Field(
        "",
        description="每天向此信箱发一封试投信，以证明信函确能发出；为空则不发 · mailbox that gets one trial letter a day, which "
        "proves that letters go out; empty: none is sent",
    )
    mail_reply_to: Annotated[str, AfterValidator(_address_or_none)] = Field(
        "",
        description=(
            "对信函的回复寄往何处；为空则寄往所涉机构的公务信箱 · mailbox for answers to letters; empty: the official mailbox of "
            "the body that a letter is about"
        ),
    )
    mail_rate: Literal["none", "tencent", "aliyun"] = Field(
        "none",
        description=(
            "按邮件服务商的限额寄发，每进程各自计数：`tencent` 每秒 20 封、每邮箱每小时 10 封，`aliyun` 每 180 秒 5000 封、"
            "每对地址每 300 秒 50 封，`none` 不限 · limits of the provider, counted in each process: tencent (20 a second, "
            "10 per mailbox and hour), aliyun (5,000 in 180 s, 50 per pair and 300 s) or none"
        ),
    )
    bounces: SecretStr = Field(
        SecretStr(""),
        description=(
            "退信和回执的邮箱，即发件人的邮箱：`imaps://user:password@host/INBOX`，只读取，不改动；为空则不读取 · mailbox of "
            "bounces and receipts, that of the sender: imaps://user:password@host/INBOX; nothing in it is changed; empty: off"
        ),
    )
    dkim_domain: str = Field(
        "",
        pattern=r"^[^\s/@:]{0,253}$",
        description="信函签名（`DKIM`）的域名；为空则不签名 · domain of the signature of letters (DKIM); empty: not signed",
    )
    dkim_selector: str = Field(
        "jianding",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$",
        description="签名公钥在该域名下的选择符 · selector under which the domain publishes the public key",
    )
    dkim_key: Path | None = Field(
        None,
        description="签名私钥的文件（`PEM` 格式，`RSA`，至少 2048 位） · file of the private key (PEM, RSA, 2048 bits at least)",
    )
    digest_at: Annotated[str, AfterValidator(_time_of_day)] = Field(
        "08:30",
        description="每个工作日发出汇总的时刻（北京时间）：不须立即发出的公务信函，每个信箱每日合为一封；`off` 为逐封发出 · "
        "time in China at which letters to offices that need not go out at once are gathered, into one for each mailbox "
        "and working day; `off`: each goes out by itself",
    )
    webhook_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        SecretStr(""),
        description=(
            "推送签名密钥的保管密钥，不得与数据库备份放在一起；更换后，各推送地址须更换签名密钥。"
            "`all` 自行生成并存放在 `secrets` 旁边 · key under which the secrets of webhooks are kept, in no backup of the "
            "database; after a change each webhook needs a new secret. `all` makes one and keeps it beside `secrets`"
        ),
    )
    webhook_networks: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description=(
            "虽非公网、仍可推送到的网段，以逗号分隔，如 `10.1.2.0/24`；默认只推送到公网 · networks that webhooks may lie in "
            "although they are not open to the world, comma-separated, like 10.1.2.0/24; default: none"
        ),
    )
    webhook_plain_http: bool = Field(
        False,
        description="是否也可推送到 `http://` 地址，仅供试用 · whether webhooks may have http:// addresses too: to try out",
    )
    feed_days: int = Field(
        0,
        ge=0,
        description="事件流条目的内容保留多少天，0 为永久；此后只留编号、事件种类和所述文档 · days for which entries of "
        "feeds keep their data, 0 for ever; later only number, type and document are left",
    )
