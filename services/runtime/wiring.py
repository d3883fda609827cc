"""The URLs in the settings choose the adapters; nothing else in the code knows which home it lives in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlsplit, urlunsplit

from services.notification.settings import NotificationSettings
from shared import ip_addresses
from shared.adapters.child_processes import ChildProcesses
from shared.adapters.clock import SystemClock
from shared.adapters.disk import SystemDisk
from shared.adapters.files import FolderFiles
from shared.adapters.http.identity_provider import HttpIdentityProvider
from shared.adapters.http.receivers import HttpReceivers
from shared.adapters.mail.folder import MailFolder
from shared.adapters.mail.rates import PROFILES, RatedMail
from shared.adapters.quarantine.children import QuarantineChildren
from shared.audit import chain as audit
from shared.errors import Invalid, Problem, all_of
from shared.keeping import creation
from shared.messaging import parking, relay
from shared.messaging.topology import Topology
from shared.ports import (
    Branches,
    Bus,
    Clock,
    Files,
    IdentityProvider,
    Kind,
    Mailer,
    Quarantine,
    Receivers,
    Store,
    Workshop,
)
from shared.ports.others.reports import Reports
from shared.settings import PREFIX, Settings
from shared.trade.workdays.reading import of_file
from shared.trade.workdays.working_days import WorkingDays
from shared.web.routers.folders import MEGABYTE, Folder, Folders

MACHINERY = (
    parking.KIND,
    creation.KIND,
    relay.LEASE,
    *audit.KINDS,
)  # collections that every service has besides its own


def clock() -> Clock:
    return SystemClock()


def calendar(settings: Settings) -> WorkingDays:
    """Raises Invalid with every row of the operator's file that is wrong."""
    return WorkingDays(of_file(settings.workdays))


def open_store(settings: Settings, service: str, kinds: Sequence[Kind]) -> Store:
    """One database per service: `<folder>/<service>.sqlite`, or `<prefix>_<service>` on the MongoDB server.

    Raises Invalid for an address that names no store, or cannot be read."""
    url, everything = store_url(settings), (*kinds, *MACHINERY)
    if url.startswith("sqlite:"):
        from shared.adapters.sqlite.store import SqliteStore  # a driver is loaded only in the home that needs it

        return SqliteStore(_folder(url) / f"{service}.sqlite", everything)
    if url.startswith(("mongodb://", "mongodb+srv://")):
        from shared.adapters.mongo import MongoStore

        return MongoStore(_split_path(url)[0], database_of(url, service), everything)
    raise Invalid(f"{PREFIX}STORE: 地址有误 · {urlsplit(url).scheme or url!r} is neither sqlite: nor mongodb://")


def store_url(settings: Settings) -> str:
    """That of the settings; on a database that makes no users the one that provisioning left for all services."""
    place = settings.store_shared
    if place is None or not settings.store.startswith("mongodb"):
        return settings.store
    try:
        return place.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return settings.store
    except OSError as error:
        raise Invalid(f"{PREFIX}STORE_SHARED: 无法读取 · {place} cannot be read: {error.strerror}") from error


def database_of(url: str, service: str) -> str:
    return f"{_split_path(url)[1] or 'jianding'}_{service}"


async def make_store_users(settings: Settings, passwords: Mapping[str, str]) -> bool:
    """For each service a user of its own, in its own database and with rights to nothing else. False: this database
    makes no users. Raises Unavailable, and Refused when the user of `JIANDING_STORE` may not make any."""
    from shared.adapters.mongo import MongoUsers

    users = MongoUsers(_split_path(settings.store)[0])
    try:
        made = [await users.make(name, database_of(settings.store, name), passwords[name]) for name in passwords]
        return all(made)
    finally:
        users.close()


def home(settings: Settings, services: Sequence[str]) -> dict[str, str]:
    """Which kind of store and bus this process lives on, for whoever looks at `/readyz`. store_users: whether the
    database knows the service by a user of its own, which is called like it, or by one for all."""
    found = {"store": settings.store.partition(":")[0], "bus": settings.bus.partition(":")[0]}
    if settings.store.startswith("mongodb"):
        found["store_users"] = "own" if urlsplit(store_url(settings)).username in services else "shared"
    return found


def open_bus(settings: Settings, topology: Topology, name: str) -> Bus:
    url, queues = settings.bus, topology.queues
    if url.startswith("sqlite:"):
        from shared.adapters.sqlite.bus import SqliteBus

        return SqliteBus(_folder(url) / "bus.sqlite", queues, clock())
    if url.startswith(("amqp://", "amqps://")):
        from shared.adapters.rabbitmq.bus import RabbitBus

        return RabbitBus(url, queues, clock(), name)
    raise Invalid(f"{PREFIX}BUS: 地址有误 · {urlsplit(url).scheme or url!r} is neither sqlite: nor amqp://")


def open_mailer(settings: Settings) -> Mailer:
    if settings.mail.startswith("folder:"):
        return MailFolder(Path(settings.mail.removeprefix("folder:")))
    if settings.mail.startswith("smtp"):
        from shared.adapters.mail.smtp import SmtpMailer

        return SmtpMailer(settings.mail, reports=bool(settings.of(NotificationSettings).bounces.get_secret_value()))
    raise Invalid(f"{PREFIX}MAIL: 地址有误 · is neither folder: nor smtp:// nor smtps:// nor smtp+plaintext://")


def open_reports(settings: Settings) -> Reports | None:
    """None: nobody reads the mailbox of bounces. Raises Invalid."""
    url = settings.of(NotificationSettings).bounces.get_secret_value()
    if not url:
        return None
    from shared.adapters.mail.imap import ImapReports

    return ImapReports(url)


def dressed(mailer: Mailer, settings: Settings, clock: Clock) -> Mailer:
    """As the services get it: signing what goes out and minding the provider's limits, where the settings say so. Raises
    Invalid."""
    own = settings.of(NotificationSettings)
    if own.dkim_domain:
        from shared.adapters.mail.signed import SignedMail, Signer

        if own.dkim_key is None:
            raise Invalid(f"{PREFIX}DKIM_KEY: 缺少 · is empty, and DKIM_DOMAIN is not")
        mailer = SignedMail(mailer, Signer(own.dkim_domain, own.dkim_selector, own.dkim_key))
    profile = PROFILES.get(own.mail_rate)
    return RatedMail(mailer, profile, clock) if profile else mailer


def open_files(settings: Settings) -> Files:
    return FolderFiles(settings.files)


def folders(settings: Settings, mailer: Mailer, files: Files) -> Folders:
    """That this process writes to; one that is not there yet, or belongs to other services only, is left alone."""
    found = [
        Folder(name, Path(url.removeprefix("sqlite:")))
        for name, url in (("store", settings.store), ("bus", settings.bus))
        if url.startswith("sqlite:")
    ]
    if isinstance(files, FolderFiles):
        found.append(Folder("files", settings.files, files.ping))
    if isinstance(mailer, MailFolder):
        found.append(Folder("mail", Path(settings.mail.removeprefix("folder:")), mailer.ping))
    found.append(Folder("temporary", Path(gettempdir())))  # uploads wait there
    return Folders(SystemDisk(), found, settings.disk_free_mb * MEGABYTE)


def open_workshop(settings: Settings) -> Workshop:
    return ChildProcesses(settings.drawers)


def open_quarantine() -> Quarantine:
    return QuarantineChildren(clock())


def open_receivers(settings: Settings) -> Receivers:
    own = settings.of(NotificationSettings)
    networks = ip_addresses.networks(own.webhook_networks)
    return HttpReceivers(lambda address: ip_addresses.is_public(address) or ip_addresses.lies_in(address, networks))


def open_branches(settings: Settings, admin_url: str) -> Branches:
    """admin_url: of the broker's management. Raises Invalid where the bus is no RabbitMQ."""
    if not settings.bus.startswith(("amqp://", "amqps://")):
        raise Invalid(
            f"{PREFIX}BUS: 本系统没有独立的消息服务器，不能开通机构队列 · "
            "is not amqp://, and queues of bodies are on RabbitMQ only"
        )
    from shared.adapters.rabbitmq.branches import RabbitBranches

    return RabbitBranches(settings.bus, admin_url)


def open_identity_provider(settings: Settings) -> IdentityProvider | None:
    """None: the option is off. Raises Invalid when the settings do not fit each other."""
    if not settings.oidc_issuer:
        return None
    problems = [
        Problem(f"{PREFIX}{name.upper()}", "缺少 · is empty, and OIDC_ISSUER is not")
        for name in ("oidc_client_id", "oidc_client_secret", "oidc_claim")
        if not str(getattr(settings, name))
    ]
    tried_out = settings.url.startswith("http://")
    if not settings.oidc_issuer.startswith(("https://", "http://") if tried_out else "https://"):
        problems.append(Problem(f"{PREFIX}OIDC_ISSUER", "须为 https:// 开头的地址 · must be an https address"))
    if problems:
        raise Invalid(all_of(problems), problems)
    secret = settings.oidc_client_secret.get_secret_value()
    return HttpIdentityProvider(settings.oidc_issuer, settings.oidc_client_id, secret)


def bus_vhost(url: str) -> str:
    return _split_path(url)[1] or "/"


def _folder(url: str) -> Path:
    folder = Path(url.removeprefix("sqlite:"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _split_path(url: str) -> tuple[str, str]:
    """(URL without its path, path without slashes)."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", parts.query, "")), parts.path.strip("/")
