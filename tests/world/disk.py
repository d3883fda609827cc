"""A disk of its own for a test, small enough to be filled: a tmpfs, which only root may mount."""

from __future__ import annotations

import contextlib
import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.world.engines import do_without

PAGE = 4096  # bytes that such a disk gives out at a time


class Disk:
    """folder: everything on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, leave: int = 0) -> None:
        """Up to the last pages, of which `leave` stay free."""
        with self._ballast.open("ab", buffering=0) as ballast:
            while True:
                try:
                    ballast.write(b"\0" * PAGE)
                except OSError as error:
                    assert error.errno == errno.ENOSPC
                    break
            ballast.truncate(ballast.tell() - leave * PAGE)

    def make_room(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Does without the test where nothing may be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        do_without("a small disk", "there is no mount")
    if answer.returncode:
        do_without("a small disk", f"nothing may be mounted here: {answer.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
