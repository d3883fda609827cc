"""What we keep on this machine is for nobody else's eyes: the signing key, identity numbers, letters, passwords.

New files are private because of `begin_private`; those of earlier releases are mended at start. What cannot be mended
stops the start, because it would be read by others from then on.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from shared.errors import Invalid
from shared.settings import Settings

log = logging.getLogger(__name__)

HOME = Path("var")
"""The folder that the settings' defaults lie in, and `make clean` removes."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
HAS_MODES = os.name == "posix"


def begin_private() -> None:
    """For this process and its children: files are made 0600, folders 0700."""
    os.umask(OTHERS)


def keep_private(settings: Settings) -> None:
    """Checks and mends every folder and file that the settings name. Raises Invalid for what others could still read,
    and for what belongs to somebody else: they could give it to others at any time."""
    if not HAS_MODES:
        return
    mended = 0
    for place in _places(settings):
        mended += sum(_is_mended(one) for one in _all_below(place))
    if any(HOME in place.parents for place in _places(settings)) and HOME.exists():
        mended += _is_mended(HOME)
    if mended:
        log.warning("权限已收紧 · %d files and folders could be read by others of this machine; no longer", mended)


def person_key_file(settings: Settings) -> Path:
    """Where `all` keeps the key of persons that it makes."""
    return settings.secrets.with_name("person-key.txt")


def webhook_key_file(settings: Settings) -> Path:
    """Where `all` keeps the key that it makes for secrets of webhooks."""
    return settings.secrets.with_name("webhook-key.txt")


def _places(settings: Settings) -> list[Path]:
    folders = [url.partition(":")[2] for url in (settings.store, settings.bus) if url.startswith("sqlite:")]
    folders += [settings.mail.removeprefix("folder:")] if settings.mail.startswith("folder:") else []
    shared = [settings.store_shared] if settings.store_shared else []
    keys = [settings.secrets, person_key_file(settings), webhook_key_file(settings)]
    return [*dict.fromkeys([*map(Path, folders), settings.files, *keys, *shared])]


def _all_below(place: Path) -> Iterator[Path]:
    """The place itself first: once it is private nobody gets to what lies below. Links are named, and only one that is
    the place itself is followed."""
    if place.is_symlink():
        _must_be_ours(place, place.lstat())
        log.warning("%s 是链接 · is a link to %s", place, place.resolve())
    if not place.exists():
        return
    _must_be_for_us_alone(place)
    yield place
    for folder, folders, files in os.walk(place):
        for name in (*folders, *files):
            one = Path(folder, name)
            if one.is_symlink():
                _must_be_ours(one, one.lstat())
                log.warning("%s 是链接，所指内容未检查 · is a link; what it leads to was not looked at", one)
            else:
                yield one


def _is_mended(place: Path) -> bool:
    """False: it was private already, or is gone by now (a draft, a journal)."""
    try:
        found = place.stat()
        _must_be_ours(place, found)
        if not found.st_mode & OTHERS:
            return False
        place.chmod(found.st_mode & stat.S_IRWXU)
        if place.stat().st_mode & OTHERS:
            raise Invalid(_sentence(place, "its file system keeps no permissions: name another folder"))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Invalid(_sentence(place, f"this cannot be changed: {error.strerror}")) from error
    return True


def _must_be_for_us_alone(place: Path) -> None:
    """Nobody else's things lie there, which would be closed to their owners."""
    whole = place.resolve()
    if place.stat().st_mode & stat.S_ISVTX or Path.cwd().is_relative_to(whole):
        raise Invalid(f"{place} 不是专用目录 · holds more than what we keep: name a folder for that alone")


def _must_be_ours(place: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise Invalid(
            f"{place} 属于其他用户 · belongs to user {found.st_uid}, and we run as {os.geteuid()}: run as that user, or give "
            f"it to this one (chown -R -h {os.geteuid()} {place})"
        )


def _sentence(place: Path, why: str) -> str:
    return f"{place} 可被本机其他用户读取 · can be read by others of this machine, and {why}"
