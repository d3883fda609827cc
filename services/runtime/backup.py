"""The embedded home as a backup, while it runs: databases, print files and evidence, letters, passwords. And back again.

The databases are copied as they all were at one instant, the files after them. A file is there before a document names it
and is never changed or removed, so all that the copied documents name is in the backup. Two keys are left out (`kept_apart`).
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from services.runtime import archive, audit_command, kept_apart, serving, wiring
from services.runtime.catalogue import REGISTER
from shared.adapters.sqlite.snapshot import copy_at_one_instant, must_be_whole
from shared.errors import Invalid
from shared.settings import PREFIX, Settings
from shared.web.app import VERSION

BUS = "bus"
_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
RESTORING = ".restoring"


@dataclass(frozen=True, slots=True)
class Home:
    """Where the parts of an embedded home lie. mail: none where letters go to a server."""

    store: Path
    bus: Path
    files: Path
    mail: Path | None
    secrets: Path

    @classmethod
    def of(cls, settings: Settings) -> Home:
        """Raises Invalid for a home on servers, which have backups of their own."""
        for name, address in (("STORE", wiring.store_url(settings)), ("BUS", settings.bus)):
            if not address.startswith("sqlite:"):
                raise Invalid(
                    f"{PREFIX}{name}: 数据在服务器上，请按手册备份 · lies on a server, which has backups of its own: "
                    "docs/runbook.md"
                )
        mail = Path(settings.mail.removeprefix("folder:")) if settings.mail.startswith("folder:") else None
        store, bus = (Path(url.removeprefix("sqlite:")) for url in (settings.store, settings.bus))
        return cls(store, bus, settings.files, mail, settings.secrets)

    @property
    def databases(self) -> dict[str, Path]:
        """By their names in a backup."""
        of_services = {f"store/{name}.sqlite": self.store / f"{name}.sqlite" for name in REGISTER.services}
        return {**of_services, f"bus/{BUS}.sqlite": self.bus / f"{BUS}.sqlite"}

    @property
    def folders(self) -> list[Path]:
        """Each once: store and bus may share one. That of the databases last, for it makes a home of the others."""
        mail = [self.mail] if self.mail else []
        return list(dict.fromkeys([self.files, *mail, self.bus, self.store]))

    def resolved(self) -> Home:
        """Where a folder is a link, what it leads to: a folder can take the place of an empty one, not of a link."""
        store, bus, files, secrets = (place.resolve() for place in (self.store, self.bus, self.files, self.secrets))
        return Home(store, bus, files, self.mail.resolve() if self.mail else None, secrets)

    def place_of(self, name: str) -> Path:
        """Of a file of a backup. Raises Invalid for what is no part of a home."""
        room, _, rest = name.partition("/")
        if name in self.databases:
            return self.databases[name]
        if room == "files" and _FILE.fullmatch(rest):
            return self.files / rest
        if room == "mail" and rest and self.mail:
            return self.mail / rest
        if name == "passwords.json":
            return self.secrets
        why = (
            "letters, and JIANDING_MAIL names no folder"
            if room == "mail"
            else f"what no home of this release has: {name}"
        )
        raise Invalid(f"备份含有本系统没有的内容，未动任何数据 · the backup holds {why}; nothing was touched")


def into(settings: Settings, folder: Path) -> Settings:
    """The same home with everything below one folder, as `var` has it."""
    places = {"store": f"sqlite:{folder / 'data'}", "bus": f"sqlite:{folder / 'data'}", "files": folder / "files"}
    return settings.model_copy(
        update={**places, "mail": f"folder:{folder / 'mail'}", "secrets": folder / "passwords.json"}
    )


def back_up(settings: Settings, target: Path, say: Callable[[str], None] = print) -> int:
    """Copies the home to a folder or a .tar.gz that is not there yet. 0: all is well; 1: some file was damaged already, or
    was left out, and is named. Raises Invalid, Unavailable."""
    home = Home.of(settings)
    missing = [name for name, place in home.databases.items() if not place.exists()]
    if missing:
        raise Invalid(
            f"{home.store} 中没有数据 · no home is there: {', '.join(missing)} missing (JIANDING_STORE, JIANDING_BUS)"
        )
    _must_be_new(home, target)
    try:
        archive.make_private_folder(target.parent)
        left = sorted(target.parent.glob(f"{archive.DRAFT}*"))
        staging = tempfile.TemporaryDirectory(prefix=archive.DRAFT, dir=target.parent)
    except OSError as error:
        raise Invalid(f"{target}: 无法写入 · cannot be written: {error.strerror}") from error
    with staging as folder:
        made_at = wiring.clock().now().isoformat(timespec="seconds")
        copies = {name: Path(folder, name.replace("/", "-")) for name in home.databases}
        copy_at_one_instant({place: copies[name] for name, place in home.databases.items()})
        files = dict(_files(home))
        nameless = [name for name in files if not archive.is_name(name)]
        named = {name: place for name, place in files.items() if name not in nameless}
        manifest = archive.write(target, VERSION, made_at, {**copies, **named})
    damaged = [
        name
        for name, (_, digest) in manifest.files.items()
        if name.startswith("files/") and digest != name.rpartition("/")[2]
    ]
    for name in damaged:
        say(f"{name} 在备份前已损坏 · was damaged before it was copied; what it was is in an earlier backup, perhaps")
    for name in nameless:
        say(f"{name!r} 未备份，请改名 · was left out, no backup can hold such a name: give it another one")
    for place in left:
        say(f"`{place}` 是中断的备份，可以删除 · is left of a backup that was interrupted, or is under way: remove it")
    size = sum(size for size, _ in manifest.files.values())
    say(f"{target}: {len(manifest.files)} 个文件 · files, {size / 1e6:.1f} MB, {made_at}")
    if archive.is_archive(target):
        with target.open("rb") as file:
            say(f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}  {target.name}")
    for sentence in kept_apart.about_keys(settings):
        say(sentence)
    return 1 if damaged or nameless else 0


async def restore(
    settings: Settings, source: Path, *, elsewhere: bool, despite_findings: bool, say: Callable[[str], None] = print
) -> int:
    """Puts a backup into the empty home of the settings. elsewhere: into another one than our own, which may go on.
    despite_findings: also where the audit chain is not what was written, as it was at the copy.

    0: the home is there; 1: the audit has findings, and nothing was touched unless despite_findings. Raises Invalid when
    the backup is not whole, or the home is not empty or in use; nothing was touched then."""
    home = Home.of(settings).resolved()
    _must_be_there(source)
    _must_be_empty(home)
    _must_lie_side_by_side(home)
    if not elsewhere:
        serving.bind(settings).close()  # somebody who works in this home would have it
    manifest = archive.read(source)
    if _parts(manifest.release) > _parts(VERSION):
        raise Invalid(
            f"{source} 由更新的版本 {manifest.release} 写成 · is of release {manifest.release}, this is {VERSION}"
        )
    for name in manifest.files:
        home.place_of(name)
    with ExitStack() as stack:
        draft = _draft_of(home, stack)
        try:
            archive.extract(source, manifest, draft.place_of)
        except OSError as error:
            raise Invalid(f"备份未能恢复 · the backup cannot be restored: {error}") from error
        must_be_whole(place for name, place in draft.databases.items() if name in manifest.files)
        drafted = settings.model_copy(update={"store": f"sqlite:{draft.store}", "bus": f"sqlite:{draft.bus}"})
        findings = await audit_command.findings(drafted)
        for finding in findings:
            say(finding)
        if findings and not despite_findings:
            say(
                "审计链与写入时不符，未动任何数据 · the audit chain is not what was written, nothing was touched: "
                "--despite-findings restores it as it is"
            )
            return 1
        about_webhooks = await kept_apart.about_webhooks(settings, drafted)
        archive.settle()
        _give_names(zip((draft.secrets, *draft.folders), (home.secrets, *home.folders), strict=True))
        archive.settle()
    say(f"已恢复 {manifest.made_at} 的数据 · restored as of {manifest.made_at}: {', '.join(map(str, home.folders))}")
    for sentence in (*kept_apart.about_keys(settings), *about_webhooks):
        say(sentence)
    return 1 if findings else 0


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """Without what is only on its way in."""
    for place in sorted(home.files.glob("??/??/*")):
        name = place.relative_to(home.files).as_posix()
        if _FILE.fullmatch(name):
            yield f"files/{name}", place
    if mail := home.mail:
        for place in sorted(mail.rglob("*")):
            parts = place.relative_to(mail).parts  # people may have put letters into folders of their own
            if place.is_file() and not any(part.startswith(".") for part in parts):
                yield "/".join(("mail", *parts)), place
    if home.secrets.exists():
        yield "passwords.json", home.secrets


def _must_be_there(source: Path) -> None:
    if not source.exists():
        raise Invalid(f"{source} 不存在 · is not there")


def _must_be_new(home: Home, target: Path) -> None:
    if target.exists():
        raise Invalid(f"{target} 已存在，未改动 · is there already and was left as it is")
    whole = target.absolute().resolve()
    for folder in home.folders:
        if whole.is_relative_to(folder.absolute().resolve()):
            raise Invalid(f"{target} 在被备份的目录之内 · lies in what is to be copied ({folder}): name another place")


def must_be_restored(settings: Settings) -> None:
    """A home whose restoring was interrupted is not opened: part of it is there, and the rest would begin empty. Raises
    Invalid."""
    if not settings.store.startswith("sqlite:") or not settings.bus.startswith("sqlite:"):
        return
    home = Home.of(settings).resolved()
    for place in (*home.folders, home.secrets):
        if (left := place.with_name(place.name + RESTORING)).exists():
            raise Invalid(
                f"`{left}` 是中断的恢复，数据不完整，未启动：请移走已恢复的各文件夹，再恢复一次 · is left of a restoring "
                "that was interrupted, so this home is not whole and was not started: move what is there away and restore again"
            )


def _must_be_empty(home: Home) -> None:
    """The keys that are in no backup may be there already."""
    for place in (*home.folders, home.secrets):
        if place.is_dir() and not any(place.iterdir()):
            continue
        if place.exists() or place.is_symlink():
            raise Invalid(
                f"{place} 不是空的，未动任何数据 · is not empty, nothing was touched: stop what runs there, move it away, or "
                "name another folder (--into)"
            )
        if place.with_name(place.name + RESTORING).exists():
            raise Invalid(
                f"`{place}{RESTORING}` 是中断的恢复，请移走后再办 · "
                "is left of a restoring that was interrupted, or is under way: remove it"
            )


def _must_lie_side_by_side(home: Home) -> None:
    """Each part gets its name at once, as a whole."""
    parts = [home.secrets, *home.folders]
    for place in parts:
        if place.is_mount():
            raise Invalid(
                f"`{place}` 是磁盘挂载点，未动任何数据 · is a disk of its own, nothing was touched: restore with --into a folder "
                "on it, and name that in the settings"
            )
        for other in parts:
            if other != place and place.is_relative_to(other):
                raise Invalid(
                    f"`{place}` 在 `{other}` 之内，未动任何数据 · lies in {other}, nothing was touched: restore with "
                    "--into another folder, and name its parts in the settings"
                )


def _give_names(drafts: Iterable[tuple[Path, Path]]) -> None:
    """drafts: (what was made, its name). All or none. Raises Invalid."""
    named = list[tuple[Path, Path]]()
    try:
        for made, place in drafts:
            if made.exists():
                made.rename(place)
                named.append((made, place))
    except OSError as error:
        for made, place in reversed(named):
            place.rename(made)
        raise Invalid(f"备份未能恢复 · the backup cannot be restored: {error}") from error


def _draft_of(home: Home, stack: ExitStack) -> Home:
    """The same home beside itself, gone at the end."""

    def beside(place: Path) -> Path:
        draft = place.with_name(place.name + RESTORING)
        stack.callback(shutil.rmtree, draft, ignore_errors=True)
        return draft

    secrets = home.secrets.with_name(home.secrets.name + RESTORING)
    stack.callback(secrets.unlink, missing_ok=True)
    mail = beside(home.mail) if home.mail else None
    return Home(beside(home.store), beside(home.bus), beside(home.files), mail, secrets)


def _parts(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release)[:3])
