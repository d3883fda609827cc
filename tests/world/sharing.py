"""What the workers of one run of pytest have in common: a folder, and in it what is made once for all of them.

A run is one process, or with pytest-xdist one process that leads and several that work. Whoever leads opens the folder,
tells the others, and clears it away when the last of them has ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_KEY = pytest.StashKey[Path]()
_FOLDER = "shared_folder"


def leads(config: pytest.Config) -> bool:
    """True for the one process that outlives every worker."""
    return not hasattr(config, "workerinput")


def folder_of(config: pytest.Config) -> Path:
    return config.stash[_KEY]


def pytest_configure(config: pytest.Config) -> None:
    folder = tempfile.mkdtemp(prefix="jianding-tests-") if leads(config) else config.workerinput[_FOLDER]  # type: ignore[attr-defined]
    config.stash[_KEY] = Path(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """pytest-xdist is about to start a worker."""
    node.workerinput[_FOLDER] = str(folder_of(node.config))  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)  # others may still have to read it
def pytest_unconfigure(config: pytest.Config) -> None:
    if leads(config):
        shutil.rmtree(folder_of(config), ignore_errors=True)


Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(pytestconfig: pytest.Config) -> Once:
    """`once(name, make)`: the folder of that name, furnished by `make` for whoever comes first; the others wait for it.
    When `make` fails, the next one tries again."""

    def find_or_make(name: str, make: Callable[[Path], object]) -> Path:
        made = folder_of(pytestconfig) / name
        with _alone(made.with_suffix(".lock")):
            if not made.exists():
                unfinished = made.with_suffix(".unfinished")
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(made)
        return made

    return find_or_make


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The lock goes with the process that holds it, however that ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
