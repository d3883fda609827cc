"""What we keep on this machine is for nobody else: new files, files of earlier releases, and what cannot be mended."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.runtime.catalogue import WholeSettings
from services.runtime.private_files import keep_private
from shared.errors import Invalid
from shared.settings import Settings
from tests.world.engines import do_without

ROOT = Path(__file__).parents[3]
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.usefixtures("root")
ALL_KINDS = [
    "data/plan.sqlite",
    "data/plan.sqlite-wal",
    "data/bus.sqlite",
    "mail/a.eml",
    "files/ab/cd/abcd",
    "passwords.json",
]


@pytest.fixture
def root() -> None:
    if not IS_ROOT:
        do_without("another user of this machine", "only root can act as one")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def open_to_all(folder: Path) -> list[str]:
    """Whatever lies in the folder, itself included, and more than its owner can read, write or enter."""
    return sorted(str(one) for one in (folder, *folder.rglob("*")) if mode(one) & 0o077)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody reaches, as pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="jianding-public-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def here(public: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(public)
    return public


@pytest.fixture
def of_before(here: Path) -> Path:
    """A home as earlier releases left it."""
    for name in ALL_KINDS:
        path = here / "var" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a secret")
        path.chmod(0o644)
    for folder in (one for one in (here / "var").rglob("*") if one.is_dir()):
        folder.chmod(0o755)
    (here / "var").chmod(0o755)
    return here / "var"


@pytest.fixture
def settings() -> Settings:
    return WholeSettings()


def as_nobody(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    import pwd

    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        ["/usr/bin/env", "python3", "-I", "-c", code, *arguments],
        user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip


READ = """
import os, sys
for place in sys.argv[1:]:
    try:
        os.listdir(place) if os.path.isdir(place) else open(place).read()
        print("read", place)
    except PermissionError:
        pass
"""


def provision(folder: Path) -> None:
    """In a process of its own, with the permissions that most machines give to new files."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", "services", "provision"],
        cwd=folder, env=environment, umask=0o022, check=True, capture_output=True,
    )  # fmt: skip


def test_a_new_home_is_closed_to_everybody_else(public: Path) -> None:
    provision(public)
    made = {one.name for one in (public / "var" / "data").iterdir()}
    assert {"directory.sqlite", "plan.sqlite"} <= made
    assert open_to_all(public / "var") == []


@as_root
def test_nobody_reads_the_signing_key(public: Path) -> None:
    provision(public)
    key = public / "var" / "data" / "directory.sqlite"
    with closing(sqlite3.connect(key)) as stored:
        assert stored.execute("SELECT count(*) FROM document WHERE kind = 'signing_key'").fetchone()[0] > 0
    everything = [str(one) for one in (public / "var", *(public / "var").rglob("*"))]
    assert as_nobody(READ, str(public), *everything).stdout.split() == ["read", str(public)]


def test_a_home_of_before_is_mended_at_start_and_says_so(
    of_before: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    keep_private(settings)
    assert open_to_all(of_before) == []
    assert {mode(of_before / name) for name in ALL_KINDS} == {0o600}
    assert {mode(of_before / name) for name in ("", "data", "mail", "files", "files/ab", "files/ab/cd")} == {0o700}
    assert "could be read by others" in caplog.text
    assert {(of_before / name).read_text() for name in ALL_KINDS} == {"a secret"}
    caplog.clear()
    keep_private(settings)
    assert caplog.text == ""


@as_root
def test_nobody_reads_a_home_of_before_once_it_is_mended(of_before: Path, settings: Settings) -> None:
    everything = [str(of_before), *(str(of_before / name) for name in ALL_KINDS)]
    assert len(as_nobody(READ, *everything).stdout.splitlines()) == len(everything), "or this proves nothing"
    keep_private(settings)
    assert as_nobody(READ, *everything).stdout == ""


def test_every_command_that_keeps_something_mends_first(of_before: Path) -> None:
    (of_before / "data" / "plan.sqlite").unlink()
    (of_before / "data" / "plan.sqlite-wal").unlink()
    (of_before / "data" / "bus.sqlite").unlink()
    (of_before / "passwords.json").unlink()
    provision(of_before.parent)
    assert open_to_all(of_before) == []


def test_nothing_there_is_nothing_to_mend(here: Path, settings: Settings) -> None:
    keep_private(settings)
    assert list(here.iterdir()) == []


@as_root
@pytest.mark.parametrize("theirs", ["data", "data/plan.sqlite", "files/ab", "passwords.json"])
def test_what_belongs_to_somebody_else_is_not_trusted(of_before: Path, settings: Settings, theirs: str) -> None:
    """Even closed to everybody it is open to its owner."""
    os.chown(of_before / theirs, 65534, 65534)
    (of_before / theirs).chmod(0o700)
    with pytest.raises(Invalid, match=rf"var/{theirs} 属于其他用户 · belongs to user 65534"):
        keep_private(settings)


@as_root
def test_a_link_that_somebody_else_laid_is_not_followed(of_before: Path, settings: Settings, tmp_path: Path) -> None:
    shutil.rmtree(of_before / "data")
    (of_before / "data").symlink_to(tmp_path)
    os.chown(of_before / "data", 65534, 65534, follow_symlinks=False)
    with pytest.raises(Invalid, match="belongs to user 65534"):
        keep_private(settings)


def test_a_folder_behind_a_link_of_our_own_is_named_and_mended(
    of_before: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    large = of_before.parent / "large disk"
    (of_before / "files").rename(large)
    (of_before / "files").symlink_to(large)
    keep_private(settings)
    assert f"is a link to {large.resolve()}" in caplog.text
    assert open_to_all(large) == []


def test_a_link_inside_is_named_and_not_followed(
    of_before: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    outside = of_before.parent / "somebody's notes"
    outside.write_text("not ours to close")
    outside.chmod(0o644)
    (of_before / "files" / "notes").symlink_to(outside)
    (of_before / "files" / "gone").symlink_to(outside.with_name("nowhere"))
    keep_private(settings)
    assert caplog.text.count("is a link; what it leads to was not looked at") == 2
    assert mode(outside) == 0o644


def test_what_cannot_be_mended_stops_the_start(
    of_before: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "chmod", read_only)
    with pytest.raises(Invalid, match="can be read by others of this machine, and this cannot be changed: Read-only"):
        keep_private(settings)


def test_a_file_system_without_permissions_stops_the_start(
    of_before: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "chmod", lambda *_, **__: None)
    with pytest.raises(Invalid, match="its file system keeps no permissions"):
        keep_private(settings)


def test_a_read_only_folder_that_is_private_already_is_fine(
    of_before: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_private(settings)
    monkeypatch.setattr(Path, "chmod", None)
    keep_private(settings)


@pytest.mark.parametrize("shared", [".", "..", "/tmp", "/"])
def test_a_folder_that_others_use_too_is_never_closed_to_them(here: Path, shared: str) -> None:
    before = Path(shared).stat().st_mode
    with pytest.raises(Invalid, match="name a folder for that alone"):
        keep_private(WholeSettings(mail=f"folder:{shared}"))
    assert Path(shared).stat().st_mode == before
