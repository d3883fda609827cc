"""Provisioning: collections and indexes, the broker's topology and rights, the machines' accounts. Safe to repeat."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr

from services.notification.settings import NotificationSettings
from services.reporting.settings import ReportingSettings
from services.runtime import wiring
from services.runtime.catalogue import REGISTER, blueprint_of
from services.runtime.private_files import person_key_file, webhook_key_file
from services.runtime.reach import keep_try_out_at_home
from shared.durable import write_durably
from shared.errors import Invalid, NotFound, Refused
from shared.settings import PREFIX, Settings
from shared.trade.roles import OPERATOR

log = logging.getLogger(__name__)

KNOWN = (*REGISTER.services, OPERATOR)
"""Whose passwords provisioning keeps."""
SHORTEST = 12  # characters of a password of provisioning


async def provision(settings: Settings, passwords: Mapping[str, str], server_users: bool) -> None:
    """server_users: also make the services' users and rights on RabbitMQ and MongoDB. Raises Unavailable, Refused,
    Invalid, and NotFound for a name that is neither a service nor `operator`."""
    missing = sorted(set(KNOWN) - set(passwords))
    if missing:
        raise Invalid(f"{PREFIX}PASSWORDS: 缺少密码 · lacks {', '.join(missing)}")
    short = sorted(name for name, password in passwords.items() if len(password) < SHORTEST)
    if short:  # these accounts are never locked, so nobody may get there by guessing
        raise Invalid(
            f"密码少于 {SHORTEST} 个字符 · the passwords of {', '.join(short)} are shorter than that (make secrets)"
        )
    keep_try_out_at_home(settings, passwords)
    for name in passwords:  # each becomes an account that reaches everything its role may
        if name not in KNOWN:
            raise NotFound(f"{name} 既不是服务，也不是 `{OPERATOR}` · {name} is neither a service nor `{OPERATOR}`")
    of_services = {name: passwords[name] for name in REGISTER.services} if server_users else {}
    if settings.bus.startswith("amqp"):
        from shared.adapters.rabbitmq.provision import provision as provision_broker

        await provision_broker(
            management(settings),
            wiring.bus_vhost(settings.bus),
            REGISTER.topology(settings.producer_codes),
            of_services,
        )
        log.info("broker: queues, policies and rights are as they should be")
    if of_services and settings.store.startswith("mongodb"):
        await _database_users(settings, of_services)
    for name, declared in REGISTER.declared.items():
        store, seed = wiring.open_store(settings, name, declared.kinds), blueprint_of(name).seed
        try:
            await store.prepare()
            if seed is not None:
                await seed(store, wiring.clock(), passwords)
        finally:
            await store.close()
    log.info("stores: collections, indexes and machine accounts are as they should be")


async def _database_users(settings: Settings, passwords: Mapping[str, str]) -> None:
    """Where the database makes no users, what we sign in with ourselves is left for all services; nowhere else."""
    try:
        made = await wiring.make_store_users(settings, passwords)
    except Refused as error:  # users that its administrator made by hand go on
        log.warning("database: no users were made, services need those that are there: %s", error)
        made = True
    else:
        said = "every service has a user with rights to its own database" if made else "makes no users: one for all"
        log.log(logging.INFO if made else logging.WARNING, "database: %s", said)
    place = settings.store_shared
    try:
        if place is not None and made:
            place.unlink(missing_ok=True)
        elif place is not None:
            write_durably(place, settings.store.encode())
    except OSError as error:
        raise Invalid(
            f"{PREFIX}STORE_SHARED: 无法写入 {place} · {place} cannot be written: {error.strerror}"
        ) from error


def management(settings: Settings) -> str:
    """Address of the broker's management, with the administrator's name and password."""
    return settings.bus_admin or management_url(settings.bus)


def management_url(amqp: str) -> str:
    """RabbitMQ's management lives on port 15672 of the broker's host unless `bus_admin` says otherwise."""
    parts = urlsplit(amqp)
    user, password = unquote(parts.username or "guest"), unquote(parts.password or "guest")
    return f"http://{quote(user, safe='')}:{quote(password, safe='')}@{parts.hostname or '127.0.0.1'}:15672"


def own_passwords(settings: Settings) -> dict[str, str]:
    """Those of the settings; else those made at the first start and kept in `settings.secrets`, readable by nobody else. Of
    several processes that begin at the same time all get the same ones.

    Raises Invalid when that file can be neither read nor made."""
    given = settings.all_passwords()
    if given:
        return given
    path = settings.secrets
    try:
        if not path.exists():
            made = {name: secrets.token_urlsafe(24) for name in KNOWN}
            if not write_durably(path, json.dumps(made).encode(), over_another=False):
                log.info("another process made %s first", path)
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        while lacking := [name for name in KNOWN if name not in known]:  # made by a release with fewer services
            _complete(path, lacking)
            known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(
            f"未设置密码，也无法保存到 {path} · no password is given, and none can be kept in {path}: {error}"
        ) from error
    return known


def with_person_key(settings: Settings) -> Settings:
    """The settings with the key of persons: theirs, else the one that was made at the first start and is kept beside the
    passwords, readable by nobody else. It must stay the same for good. Raises Invalid when it can be neither read nor made."""
    if settings.of(ReportingSettings).person_key.get_secret_value():
        return settings
    place = person_key_file(settings)
    try:
        kept = _kept_key(place)
    except (OSError, ValueError) as error:
        raise Invalid(
            f"无法保存人员识别密钥 · no key of persons is given, and none can be kept in {place}: {error}"
        ) from error
    return settings.model_copy(update={"person_key": SecretStr(kept)})


def with_webhook_key(settings: Settings) -> Settings:
    """Likewise with the key under which secrets of webhooks are kept."""
    if settings.of(NotificationSettings).webhook_key.get_secret_value():
        return settings
    place = webhook_key_file(settings)
    try:
        kept = _kept_key(place)
    except (OSError, ValueError) as error:
        raise Invalid(
            f"无法保存推送密钥的保管密钥 · no key for secrets of webhooks is given, and none can be kept in {place}: {error}"
        ) from error
    return settings.model_copy(update={"webhook_key": SecretStr(kept)})


def _kept_key(place: Path) -> str:
    """Made at the first start. Raises OSError, ValueError."""
    if not place.exists():
        write_durably(place, secrets.token_urlsafe(32).encode(), over_another=False)
    return place.read_text(encoding="utf-8").strip()


def _complete(path: Path, lacking: Sequence[str]) -> None:
    """Adds passwords to the file. Whoever writes them beside it first has decided which; all others add the same. Safe to
    repeat after a crash. Raises OSError, ValueError."""
    beside = path.with_name(f"{path.name}.more")
    made = {name: secrets.token_urlsafe(24) for name in lacking}
    write_durably(beside, json.dumps(made).encode(), over_another=False)
    try:
        added: dict[str, str] = json.loads(beside.read_text(encoding="utf-8"))
    except FileNotFoundError:  # somebody else is through with it
        return
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    if not known.keys() >= added.keys():
        write_durably(path, json.dumps(added | known).encode())
    beside.unlink(missing_ok=True)
