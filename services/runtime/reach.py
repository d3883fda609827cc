"""Who can reach this installation, and what must therefore not be as it is for trying out."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from services.notification.settings import NotificationSettings
from services.reporting.settings import ReportingSettings
from services.runtime import wiring
from shared.errors import Invalid
from shared.ip_addresses import is_this_machine
from shared.settings import PREFIX, Settings

TRY_OUT = "-try-out"
"""Ending of the passwords that docker-compose.yml has for trying out; everybody knows them."""


def open_to_others(settings: Settings) -> list[str]:
    """Addresses that we listen on, or that lead to our container, and that more than this machine reaches."""
    listening = settings.published or settings.host
    return [place for place in (one.strip() for one in listening.split(",")) if place and not is_this_machine(place)]


def reached_at(settings: Settings) -> list[str]:
    """Where more than this machine reaches us: the address that is printed, and those that we listen on."""
    address = urlsplit(settings.url).hostname or ""
    printed = [] if is_this_machine(address) else [settings.url]
    return printed + [f"our port at {place}" for place in open_to_others(settings)]


def keep_try_out_at_home(settings: Settings, passwords: Mapping[str, str]) -> None:
    """Raises Invalid when somebody else could sign in with a password that everybody knows."""
    all_known = {**passwords, **_of_addresses(settings)}
    known = sorted(name for name, password in all_known.items() if password.endswith(TRY_OUT))
    reached = reached_at(settings)
    if known and reached:
        raise Invalid(
            "试用密码人人皆知，不得用于外部可达的系统 · "
            f"{' and '.join(reached)} can be reached from elsewhere, but everybody knows the try-out passwords of "
            f"{', '.join(known)}: set passwords of your own (make secrets)"
        )


def without_known_key(settings: Settings) -> Settings:
    """A key that everybody knows counts as none where others reach us: it would have to be another one some day."""
    keys = {
        "person_key": settings.of(ReportingSettings).person_key,
        "webhook_key": settings.of(NotificationSettings).webhook_key,
    }
    known = [name for name, key in keys.items() if key.get_secret_value().endswith(TRY_OUT)]
    if not (known and reached_at(settings)):
        return settings
    return settings.model_copy(update=dict.fromkeys(known, SecretStr("")))


def _of_addresses(settings: Settings) -> dict[str, str]:
    """Passwords inside addresses, by what they open."""
    found = {"the database": settings.store, "the broker": settings.bus, "the broker's management": settings.bus_admin}
    return {what: unquote(urlsplit(address).password or "") for what, address in found.items()}


def is_address(url: str) -> bool:
    """Whether a browser or a telephone opens it as it is printed."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def prints_loopback(settings: Settings) -> bool:
    """Whether others reach us, or a container of ours, while what we print leads back to the reader's own machine."""
    host = urlsplit(settings.url).hostname or ""
    is_nowhere = is_this_machine(host) or host in ("0.0.0.0", "::")
    return is_nowhere and bool(settings.published or open_to_others(settings))


def notes(settings: Settings, *services: str) -> list[str]:
    """What whoever runs these services should know: for the log at start, and `jianding settings`."""
    found = []
    if not is_address(settings.url):
        found.append(
            f"印制的网址须以 http:// 或 https:// 开头 · {settings.url} is printed on certificates, QR codes and letters, and "
            "opens nowhere: JIANDING_URL (URL in .env) begins with https://"
        )
    elif prints_loopback(settings):
        found.append(
            f"二维码与信函中的网址只通向读者自己的机器 · {settings.url} is printed on certificates, QR codes and letters, and "
            f"leads nobody here: set {PREFIX}URL (URL in .env) to the public address before the first certificate is drawn"
        )
    if services and wiring.home(settings, services).get("store_users") == "shared":
        found.append(
            "数据库用户为各服务共用 · one user of the database for several services, each of which can read and change what "
            "the others keep: docs/runbook.md, Users of the database"
        )
    return found
