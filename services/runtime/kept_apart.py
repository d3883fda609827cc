"""The keys that a home needs and no backup of it holds: what to do about each, at a backup and after a restore.

With the key of persons a stolen backup would tell who is certified (docs/decisions/0036), with that of webhooks it would sign in
our name (docs/decisions/0048)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.notification.settings import NotificationSettings
from services.notification.webhooks.keys import Seal
from services.notification.webhooks.webhook import ACTIVE, Webhook
from services.reporting.settings import ReportingSettings
from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from services.runtime.private_files import person_key_file, webhook_key_file
from shared.keeping import repository
from shared.ports import every_record
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class _Key:
    """zh, en: what it is called. without: what becomes of a home that lost it, in both languages."""

    zh: str
    en: str
    variable: str
    given: Callable[[Settings], str]
    file: Callable[[Settings], Path]
    without: tuple[str, str]


_PERSON = _Key(
    "人员识别密钥",
    "key of persons",
    "JIANDING_PERSON_KEY",
    lambda settings: settings.of(ReportingSettings).person_key.get_secret_value(),
    person_key_file,
    ("否则不能批准名册", "without it no roster is approved"),
)
_WEBHOOK = _Key(
    "推送签名密钥的保管密钥",
    "key of webhooks",
    "JIANDING_WEBHOOK_KEY",
    lambda settings: settings.of(NotificationSettings).webhook_key.get_secret_value(),
    webhook_key_file,
    ("否则各推送地址须更换签名密钥", "without it every webhook fails until its secret is renewed"),
)


def about_keys(settings: Settings) -> list[str]:
    """What to do about each of them, said at every backup and every restore."""
    return [sentence for key in (_PERSON, _WEBHOOK) for sentence in _about(key, settings)]


def _about(key: _Key, settings: Settings) -> list[str]:
    place = key.file(settings)
    if key.given(settings):
        return [
            f"{key.zh}不在备份中，请另存于安全之处 · the {key.en} ({key.variable}) is in no backup: keep it in another safe place"
        ]
    zh, en = key.without
    kept = (
        f"另存一份于他处 · keep a copy of it elsewhere: cp {place} …"
        if place.exists()
        else (
            f"启动前请放回，{zh} · before the start, put your copy of it back as {place} (chmod 600); {en}: the start makes "
            "another key where there is none"
        )
    )
    return [f"{key.zh}不在备份中 · the {key.en} is in no backup: {place}", kept]


async def about_webhooks(settings: Settings, restored: Settings) -> list[str]:
    """Of how many active webhooks the secret cannot be opened with the key that is there now; nothing where all can be.

    settings: of the home, which has the key; restored: with the databases to look into. Raises Unavailable."""
    place = _WEBHOOK.file(settings)
    key = _WEBHOOK.given(settings) or (place.read_text(encoding="utf-8").strip() if place.exists() else "")
    seal = Seal(key)
    store = wiring.open_store(restored, "notification", REGISTER.declared["notification"].kinds)
    try:
        records = [record async for record in every_record(store, Webhook.KIND, {"state": ACTIVE})]
    finally:
        await store.close()
    webhooks, _ = repository.readable(Webhook, records)
    closed = sum(not seal.opens(webhook.keys[0].sealed, webhook.id) for webhook in webhooks)
    if not closed:
        return []
    zh = f"{closed} 个推送地址的签名密钥目前无法打开，推送将失败：请放回原来的保管密钥，或逐一更换签名密钥"
    en = (
        f"the secrets of {closed} webhooks cannot be opened with the key that is there, so their deliveries will fail: put the "
        f"former key back ({_WEBHOOK.variable}, {place}), or renew each secret (POST /notification/webhooks/{{id}}/secret)"
    )
    return [f"{zh} · {en}"]
