"""What a backup looks like: named files and a manifest, in a folder or a .tar.gz. Knows nothing of what the files mean.

The manifest comes last and names every file with its size and hash: without it, or with anything else than it says, a
backup is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from shared.errors import Invalid, Unavailable

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 256 * 1024 * 1024  # bytes
PIECE = 1024 * 1024
DRAFT = ".backup-"
"""How folders begin that somebody is writing a backup in, or was when he was killed."""
ENDINGS = (".tar.gz", ".tgz")
_NAME = re.compile(r"(?:[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]*(?:/(?!$)|$))+")

Open = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """release: of the software that wrote it. made_at: instant of the copy. files: name → (size in bytes, SHA-256)."""

    format: int
    release: str
    made_at: str
    files: dict[str, tuple[int, str]]


def is_archive(place: Path) -> bool:
    return place.name.endswith(ENDINGS)


def is_name(name: str) -> bool:
    """Whether a file of a backup may be called so: parts that are neither hidden nor lead anywhere else."""
    return _NAME.fullmatch(name) is not None


def write(place: Path, release: str, made_at: str, entries: Mapping[str, Path]) -> Manifest:
    """entries: name (`is_name`) → file. The backup has its name only once it is whole. What is gone meanwhile is left out.

    Raises Unavailable when the disk does not take it, or somebody else wrote one of that name meanwhile."""
    try:
        # A folder of our own: another one that writes to the same place, or was killed while it did, is not in the way.
        with tempfile.TemporaryDirectory(prefix=DRAFT, dir=place.parent) as folder:
            draft = Path(folder, "draft")
            manifest = (_into_archive if is_archive(place) else _into_folder)(draft, release, made_at, entries)
            settle()
            if place.exists():
                raise FileExistsError(f"{place.name} 已由他人写成 · was written by somebody else meanwhile")
            draft.rename(place)
            settle()
    except OSError as error:
        raise Unavailable(f"{place}: 备份未能写入 · the backup cannot be written: {error.strerror or error}") from error
    return manifest


def read(place: Path) -> Manifest:
    """Everything in it was looked at and is what was written. Raises Invalid."""
    manifest, found = None, dict[str, tuple[int, str]]()
    for name, content in _contents(place):
        if name == MANIFEST:
            manifest = _manifest(place, _whole(content))
        elif name in found:
            raise _damaged(place, f"{name} 重复 · is there twice")
        else:
            found[name] = _measured(content)
    if manifest is None:
        raise _damaged(place, "没有清单 · it has no manifest: cut off, or no backup")
    if manifest.format != FORMAT:
        raise Invalid(f"{place}: 备份格式 {manifest.format} 无法识别 · of a later release: restore it with that one")
    for name in sorted(manifest.files.keys() | found.keys()):
        if manifest.files.get(name) != found.get(name):
            raise _damaged(place, f"{name} 与清单不符 · is not what the manifest says")
    return manifest


def extract(place: Path, manifest: Manifest, where: Callable[[str], Path]) -> None:
    """where: name → new file. Raises Invalid when it is no longer what was read, OSError when the disk does not take it."""
    for name, content in _contents(place):
        if name == MANIFEST:
            continue
        target = where(name)
        make_private_folder(target.parent)
        with _new_file(target) as file:
            copied = _measured(content, file)
        if manifest.files.get(name) != copied:
            raise _damaged(place, f"{name} 与清单不符 · is not what the manifest says")


def make_private_folder(folder: Path) -> None:
    """With those above it that are not there yet. Raises OSError."""
    for one in reversed([folder, *folder.parents]):
        if not one.exists():
            one.mkdir(mode=0o700)


def _into_folder(draft: Path, release: str, made_at: str, entries: Mapping[str, Path]) -> Manifest:
    draft.mkdir(mode=0o700)
    files = {}
    for name, source in entries.items():
        try:
            content = source.open("rb")
        except FileNotFoundError:
            continue
        target = draft / name
        make_private_folder(target.parent)
        with content, _new_file(target) as file:
            files[name] = _measured(content, file)
    manifest = Manifest(FORMAT, release, made_at, files)
    with _new_file(draft / MANIFEST) as file:
        file.write(_text(manifest))
    return manifest


def _into_archive(draft: Path, release: str, made_at: str, entries: Mapping[str, Path]) -> Manifest:
    files = {}
    with _new_file(draft) as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        for name, source in entries.items():
            try:
                content = source.open("rb")
            except FileNotFoundError:
                continue
            with content:
                size = os.fstat(content.fileno()).st_size
                hashed = _Hashed(content)
                archive.addfile(_member(name, size), hashed)
            files[name] = (size, hashed.digest.hexdigest())
        manifest = Manifest(FORMAT, release, made_at, files)
        text = _text(manifest)
        archive.addfile(_member(MANIFEST, len(text)), BytesIO(text))
    return manifest


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


def _contents(place: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Names and contents, in the order in which they were written. Raises Invalid."""
    try:
        if place.is_dir():
            for file in sorted(one for one in place.rglob("*") if not one.is_dir() or one.is_symlink()):
                name = file.relative_to(place).as_posix()
                if not stat.S_ISREG(file.lstat().st_mode):  # a pipe would be waited for, a device never ends
                    raise _damaged(place, f"{name} 不是普通文件 · is a link, or something else than a file")
                with file.open("rb") as content:
                    yield _good(place, name), content
            return
        with tarfile.open(place, "r|gz") as archive:
            for member in archive:
                # One with holes may be of any size and weigh nothing.
                held = archive.extractfile(member) if member.isreg() and not member.issparse() else None
                if held is None:
                    raise _damaged(place, "含有非文件项 · it holds something else than files")
                yield _good(place, member.name), held
    except (
        tarfile.TarError,
        EOFError,
        zlib.error,
        OSError,
        ValueError,
    ) as error:  # headers that say nonsense: the last
        raise _damaged(place, str(error)) from error


def _good(place: Path, name: str) -> str:
    if not is_name(name):
        raise _damaged(place, f"文件名有误 · no name that a backup has: {name[:100]!r}")
    return name


def _manifest(place: Path, content: bytes) -> Manifest:
    try:
        return TypeAdapter(Manifest).validate_json(content)
    except ValidationError as error:
        raise _damaged(place, "清单无法读取 · its manifest cannot be read") from error


def _text(manifest: Manifest) -> bytes:
    return json.dumps(asdict(manifest), indent=1).encode()


def _measured(content: IO[bytes], target: IO[bytes] | None = None) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while piece := _piece(content):
        size += len(piece)
        digest.update(piece)
        if target is not None:
            target.write(piece)
    return size, digest.hexdigest()


def _whole(content: IO[bytes]) -> bytes:
    pieces = b""
    while len(pieces) < LARGEST_MANIFEST and (piece := _piece(content)):
        pieces += piece
    return pieces


def _piece(content: IO[bytes]) -> bytes:
    """Raises Invalid. What cannot be read of a file that is being saved is told likewise."""
    try:
        return content.read(PIECE)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise Invalid(f"无法读完，未动任何数据 · cannot be read to its end, nothing was touched: {error}") from error


def _new_file(place: Path) -> IO[bytes]:
    """That nobody else reads. Raises OSError, also where there is one already."""
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def settle() -> None:
    """What was written is on the disk: all of it at once, because a flush for each of many thousand files takes hours."""
    if hasattr(os, "sync"):
        os.sync()


def _damaged(place: Path, what: str) -> Invalid:
    return Invalid(f"{place} 不是完好的备份，未动任何数据 · is no whole backup, nothing was touched: {what}")
