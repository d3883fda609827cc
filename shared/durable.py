"""One durable write of a file: whole or not at all, and still there after a power cut."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile


class Refusals:
    """Whether a folder took what was last to be written there. Reading goes on where a disk is full, so only writing tells
    when it takes something again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._refused = False

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Around a write."""
        try:
            yield
        except OSError:
            self._refused = True
            raise
        self._refused = False

    def prove(self) -> None:
        """Writes a little, if the last write was refused. Raises OSError."""
        if not self._refused:
            return
        proof = self._folder / f".proof-{os.getpid()}"
        with self.noted():
            try:
                write_durably(proof, b"x" * 4096)
            finally:
                with contextlib.suppress(OSError):
                    proof.unlink(missing_ok=True)


def write_durably(place: Path, content: bytes, *, over_another: bool = True) -> bool:
    """The file at `place`, readable by its owner only; folders on the way are made. When this returns, content and name
    are on the disk. A crash before that leaves what was there, or nothing; at worst a draft besides, whose name begins
    with a dot.

    over_another: False leaves alone what somebody else wrote there first, and returns False then. Raises OSError."""
    _make_folder(place.parent)
    written = True
    with NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as draft:
        name = Path(draft.name)
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())  # before it has its name, or a power cut leaves the name of an empty file
            if over_another:
                name.replace(place)
            else:
                written = _give_name(name, place)
        except BaseException:
            name.unlink(missing_ok=True)
            raise
    _flush_folder(place.parent)
    return written


def name_durably(draft: Path, place: Path) -> None:
    """A draft on the same disk, whose content is on the disk already, becomes the file at `place`. Raises OSError."""
    _make_folder(place.parent)
    draft.replace(place)
    _flush_folder(place.parent)


def _give_name(draft: Path, place: Path) -> bool:
    """A link, unlike a renaming, is refused where there is a file already."""
    try:
        os.link(draft, place)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _make_folder(folder: Path) -> None:
    """A new folder is a name in the one above it, and that name must reach the disk too."""
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in new:
        _flush_folder(place.parent)


def _flush_folder(folder: Path) -> None:
    """The new name itself must reach the disk, or a power cut forgets the file."""
    if sys.platform == "win32":  # which opens no folders, and keeps names by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
