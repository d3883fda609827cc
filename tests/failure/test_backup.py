"""The home is copied while everything goes on, lost, and put back: the books are right."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import sqlite3
import stat
import sys
import tarfile
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.runtime import archive
from services.runtime.backup import back_up, into, must_be_restored, restore
from services.runtime.catalogue import WholeSettings
from shared.adapters.sqlite.snapshot import copy_at_one_instant
from shared.errors import Invalid, Unavailable
from shared.settings import Settings
from tests.e2e.webhooks import test_webhooks as webhooks
from tests.world import books
from tests.world.clock import HandClock
from tests.world.eventually import eventually
from tests.world.fixtures import OpenHouse
from tests.world.house import LEASE, PERSON_KEY, WEBHOOK_KEY, House
from tests.world.ports import a_port
from tests.world.seeding import APPROVER, DIRECT, LARGE, SECOND, SMALL, Planned, approve, post
from tests.world.troubles import Trouble

KEY, WEBHOOK_FILE = "person-key.txt", "webhook-key.txt"


def home_of(folder: Path) -> Settings:
    return into(WholeSettings(), folder)


def copy(house: House, target: Path) -> None:
    assert back_up(home_of(house.folder), target, say=lambda _: None) == 0


@contextlib.asynccontextmanager
async def put_back(backup: Path, folder: Path, house: House) -> AsyncIterator[House]:
    """Another house on what the backup holds, at a later time: nothing else of the first one is left."""
    said: list[str] = []
    assert await restore(home_of(folder), backup, elsewhere=True, despite_findings=False, say=said.append) == 0, said
    restored = House(folder, clock=HandClock(house.clock.now() + timedelta(seconds=LEASE)))
    try:
        yield restored
    finally:
        await restored.close()


async def go_on(house: House, *rosters: Planned) -> None:
    """Whatever had not been decided when the copy was made is decided again."""
    await house.run_until_quiet()
    await approve(house, *rosters)
    await house.run_until_quiet()
    await post(house, *rosters)
    await house.run_until_quiet()
    await books.are_right(house, *rosters, mailed=rosters)


class CopiedAt(Trouble):
    """Somebody copies the home right before or after the first call of each of these methods."""

    def __init__(self, house: House, folder: Path, moments: set[tuple[str, str]]) -> None:
        self._house, self._folder, self._left = house, folder, {(when, *one) for one in moments for when in ("-", "+")}
        self.made: list[Path] = []

    async def before(self, port: str, method: str, call: int) -> None:
        await self._copy("-", port, method)

    async def after(self, port: str, method: str, call: int) -> None:
        await self._copy("+", port, method)

    async def _copy(self, when: str, port: str, method: str) -> None:
        if (when, port, method) not in self._left:
            return
        self._left.remove((when, port, method))
        target = self._folder / f"{len(self.made)} {when}{port} {method}".replace(" ", "_")
        self.made.append(target)
        await asyncio.to_thread(copy, self._house, target)


MOMENTS = {
    ("reporting store", "put"),
    ("reporting bus", "publish"),
    ("reporting store", "sent"),
    ("certificate bus", "handled certificate.intake"),
    ("certificate store", "add_many"),
    ("certificate bus", "publish"),
    ("files", "put"),
    ("certificate bus", "handled certificate.produce"),
    ("notification store", "add"),
    ("mailer", "send"),
    ("notification bus", "handled notification.deliver"),
}


async def test_whenever_it_is_copied_the_books_of_the_copy_are_right(house: House, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    trouble = CopiedAt(house, tmp_path / "backups", MOMENTS)
    house.troubles.append(trouble)
    await go_on(house, SMALL)
    assert len(trouble.made) >= 2 * len(MOMENTS) - 2, trouble.made
    for n, backup in enumerate(trouble.made):
        async with put_back(backup, tmp_path / f"restored {n}", house) as restored:
            await go_on(restored, SMALL)


async def test_copies_under_load_lose_nothing_and_give_no_number_twice(open_house: OpenHouse, tmp_path: Path) -> None:
    house, rosters = open_house(workers=2), (SMALL, LARGE, SECOND, DIRECT)
    made: list[Path] = []
    await approve(house, *rosters)
    running = asyncio.create_task(house.run_until_quiet())
    while not running.done():
        made.append(tmp_path / f"{len(made)}.tar.gz")
        await asyncio.to_thread(copy, house, made[-1])
    await running
    await books.are_right(house, *rosters)
    assert len(made) >= 3
    for n, backup in enumerate(made[:: max(1, len(made) // 5)]):
        async with put_back(backup, tmp_path / f"restored {n}", house) as restored:
            await go_on(restored, *rosters)


def test_what_goes_from_file_to_file_is_in_some_copy(tmp_path: Path) -> None:
    """Somebody carries one thing round: it is written in the next file before it is removed from the last one."""
    files = [tmp_path / f"{name}.sqlite" for name in "abc"]
    for file in files:
        with contextlib.closing(sqlite3.connect(file)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("CREATE TABLE thing (round INTEGER, ballast BLOB)")
            made.executemany("INSERT INTO thing VALUES (-1, ?)", [(b"x" * 1000,)] * 500)
            made.commit()
    over = threading.Event()

    def carry() -> None:
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(contextlib.closing(sqlite3.connect(file, timeout=10))) for file in files]
            n, before = 0, None
            while not over.is_set():
                with connections[n % 3] as here:
                    here.execute("INSERT INTO thing VALUES (?, '')", (n,))
                if before is not None:
                    with before:
                        before.execute("DELETE FROM thing WHERE round = ?", (n - 1,))
                before, n = connections[n % 3], n + 1

    carrier = threading.Thread(target=carry)
    carrier.start()
    try:
        for n in range(40):
            copies = {file: tmp_path / f"{n}-{file.name}" for file in files}
            copy_at_one_instant(copies)
            found = []
            for one in copies.values():
                with contextlib.closing(sqlite3.connect(one)) as copied:
                    found += copied.execute("SELECT round FROM thing WHERE round >= 0").fetchall()
            assert len(found) in (1, 2) or n == 0, found
            assert stat.S_IMODE(copies[files[0]].stat().st_mode) == 0o600
    finally:
        over.set()
        carrier.join()


def test_whoever_never_stops_writing_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.adapters.sqlite.snapshot.PATIENCE", 0.01)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as writing:
        writing.execute("CREATE TABLE thing (n)")
        writing.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            copy_at_one_instant({tmp_path / "a.sqlite": tmp_path / "b.sqlite"})


# --- what a backup is, and what is none ---------------------------------------------------------------------------------


@pytest.fixture
def backed_up(house: House, tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        (house.folder / "passwords.json").write_text('{"operator": "password-of-the-operator"}')
        (house.folder / KEY).write_text(PERSON_KEY)
        copy(house, tmp_path / name)
        return tmp_path / name

    return make


@pytest.mark.parametrize("name", ["backup.tar.gz", "backup"])
async def test_everything_but_two_keys_is_in_it_and_for_us_alone(
    backed_up: Callable[[str], Path], house: House, tmp_path: Path, name: str
) -> None:
    backup, said = backed_up(name), list[str]()
    seal = await house.files.put(b"a print file")
    assert back_up(home_of(house.folder), tmp_path / f"again-{name}", say=said.append) == 0
    assert "key of persons is in no backup" in "".join(said) and KEY in "".join(said)
    assert "key of webhooks is in no backup" in "".join(said) and WEBHOOK_FILE in "".join(said)
    files = [backup] if backup.is_file() else [one for one in backup.rglob("*") if one.is_file()]
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    folder = tmp_path / "new" / "home"
    umask = os.umask(0o022)
    try:
        again = tmp_path / f"again-{name}"
        assert await restore(home_of(folder), again, elsewhere=True, despite_findings=False, say=said.append) == 0
    finally:
        os.umask(umask)
    assert "put your copy of it back" in said[-1]
    there = [one for one in folder.rglob("*") if one.is_file()]
    assert {stat.S_IMODE(one.stat().st_mode) for one in there} == {0o600}
    assert {stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.rglob("*")) if one.is_dir()} == {0o700}
    assert all(PERSON_KEY.encode() not in one.read_bytes() for one in there)
    names = {one.relative_to(folder).as_posix() for one in there}
    assert {f"data/{name}.sqlite" for name in (*house.stores, "bus")} | {"passwords.json"} <= names
    digest = seal.removeprefix("sha256:")
    assert f"files/{digest[:2]}/{digest[2:4]}/{digest}" in names
    assert {one for one in names if one.startswith("mail/")} == {
        f"mail/{one.name}" for one in (house.folder / "mail").iterdir()
    }
    assert not [one for one in names if "restoring" in one]


async def test_the_key_of_webhooks_is_in_no_backup_and_a_restore_says_what_lacks_it(
    house: House, tmp_path: Path
) -> None:
    """Without it nothing is delivered; with secrets renewed under another one everything goes on, nothing is left out."""
    hook = await webhooks.made(house.person(webhooks.OFFICER), after=0)
    (house.folder / WEBHOOK_FILE).write_text(WEBHOOK_KEY)
    said = list[str]()
    assert back_up(home_of(house.folder), tmp_path / "b", say=said.append) == 0
    assert f"key of webhooks is in no backup: {house.folder / WEBHOOK_FILE}" in "".join(said)
    assert all(WEBHOOK_KEY.encode() not in one.read_bytes() for one in (tmp_path / "b").rglob("*") if one.is_file())

    async def put_back_at(folder: Path) -> str:
        heard = list[str]()
        assert (
            await restore(home_of(folder), tmp_path / "b", elsewhere=True, despite_findings=False, say=heard.append)
            == 0
        )
        return "\n".join(heard)

    (tmp_path / "with").mkdir()
    (tmp_path / "with" / WEBHOOK_FILE).write_text(WEBHOOK_KEY)
    assert "cannot be opened" not in await put_back_at(tmp_path / "with")
    heard = await put_back_at(tmp_path / "lost")
    assert "secrets of 1 webhooks cannot be opened" in heard and "1 个推送地址" in heard
    assert f"put your copy of it back as {tmp_path / 'lost' / WEBHOOK_FILE}" in heard

    later = HandClock(house.clock.now() + timedelta(seconds=LEASE))
    restored = House(tmp_path / "lost", clock=later, webhook_key="another-key-of-the-tests")
    try:
        officer = restored.person(webhooks.OFFICER)
        ping = await officer.ask("POST", f"{webhooks.HOOKS}/{hook['id']}/ping", 1)
        assert "更换签名密钥" in ping.json()["error"]
        renewed = await webhooks.step(officer, hook["id"], "secret", 1)
        assert renewed.json()["old_secret_until"] is None, "nobody can sign with that any more"
        restored.pushing = True
        await restored.run_until_quiet(until=lambda: restored.receivers.calls)
        assert webhooks.verified(renewed.json()["secret"], restored.receivers.calls[0])
        assert restored.receivers.calls[0].event["feednumber"] == 1
    finally:
        await restored.close()


def rewritten(backup: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> None:
    """The archive with some members changed or left out."""
    with tarfile.open(backup) as old:
        members = [(one.name, old.extractfile(one).read()) for one in old]  # type: ignore[union-attr]
    with tarfile.open(backup, "w:gz") as new:
        for name, content in members:
            if (kept := change(name, content)) is not None:
                member = tarfile.TarInfo(kept[0])
                member.size = len(kept[1])
                new.addfile(member, io.BytesIO(kept[1]))


def without(name: str) -> Callable[[Path], None]:
    return lambda backup: rewritten(backup, lambda one, content: None if one == name else (one, content))


def replaced(name: str, other: str = "", **manifest: object) -> Callable[[Path], None]:
    def change(one: str, content: bytes) -> tuple[str, bytes]:
        if manifest and one == "manifest.json":
            return one, json.dumps(json.loads(content) | manifest).encode()
        return (other or one, content if manifest else content[:-1] + b"?") if one == name else (one, content)

    return lambda backup: rewritten(backup, change)


def cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-2000])


def flipped(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    backup.write_bytes(content)


BROKEN = {
    "cut off": (cut, "nothing was touched"),
    "a bit is wrong": (flipped, "nothing was touched"),
    "no archive": (lambda backup: backup.write_bytes(b"something else"), "nothing was touched"),
    "no manifest": (without("manifest.json"), "no manifest"),
    "a database is missing": (without("store/plan.sqlite"), "store/plan.sqlite"),
    "a database was changed": (replaced("store/plan.sqlite"), "store/plan.sqlite"),
    "a name that leads out": (replaced("store/plan.sqlite", "../plan.sqlite"), "no name"),
    "an absolute name": (replaced("store/plan.sqlite", "/tmp/plan.sqlite"), "no name"),
    "of a later release": (replaced("", release="99.0.0"), "99.0.0"),
    "of another format": (replaced("", format=2), "later release"),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_broken_backup_is_refused_before_anything_is_touched(
    backed_up: Callable[[str], Path], tmp_path: Path, how: str
) -> None:
    backup, (break_it, sentence) = backed_up("backup.tar.gz"), BROKEN[how]
    break_it(backup)
    with pytest.raises(Invalid, match=sentence):
        await restore(home_of(tmp_path / "new"), backup, elsewhere=True, despite_findings=False)
    assert not (tmp_path / "new").exists()


async def test_a_damaged_database_and_a_forged_chain_are_found(house: House, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(house.folder / "data" / "plan.sqlite")) as plan, plan:
        plan.execute("UPDATE document SET body = replace(body, 'approve', 'approvE') WHERE kind = 'audit'")
    copy(house, tmp_path / "backup")
    said: list[str] = []
    home = home_of(tmp_path / "new")
    assert await restore(home, tmp_path / "backup", elsewhere=True, despite_findings=False, say=said.append) == 1
    assert "was altered" in said[0] and "--despite-findings" in said[-1]
    assert not list((tmp_path / "new").iterdir())
    assert await restore(home, tmp_path / "backup", elsewhere=True, despite_findings=True, say=said.append) == 1
    assert (tmp_path / "new" / "data" / "plan.sqlite").exists()


async def test_nothing_that_is_there_is_written_over(
    backed_up: Callable[[str], Path], house: House, tmp_path: Path
) -> None:
    backup, home = backed_up("backup.tar.gz"), home_of(house.folder)
    with pytest.raises(Invalid, match="is not empty"):
        await restore(home, backup, elsewhere=True, despite_findings=False)
    with pytest.raises(Invalid, match="is there already"):
        back_up(home, backup)
    with pytest.raises(Invalid, match="lies in what is to be copied"):
        back_up(home, house.folder / "mail" / "backup")
    with pytest.raises(Invalid, match="no home is there"):
        back_up(home_of(tmp_path / "nowhere"), tmp_path / "x")
    with pytest.raises(Invalid, match=r"docs/runbook\.md"):
        back_up(WholeSettings(store="mongodb://x/y"), tmp_path / "x")
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "passwords.json").write_text("{}")
    with pytest.raises(Invalid, match=r"passwords\.json"):
        await restore(home_of(tmp_path / "one"), backup, elsewhere=True, despite_findings=False)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / KEY).write_text(PERSON_KEY)
    assert await restore(home_of(tmp_path / "two"), backup, elsewhere=True, despite_findings=False) == 0
    assert (tmp_path / "two" / KEY).read_text() == PERSON_KEY


async def test_a_file_that_was_damaged_before_is_named_and_hinders_nothing(house: House, tmp_path: Path) -> None:
    """Whatever is left of a home can be saved, and put back."""
    digest = (await house.files.put(b"a print file")).removeprefix("sha256:")
    (house.folder / "files" / digest[:2] / digest[2:4] / digest).write_bytes(b"a print fil?")
    said: list[str] = []
    assert back_up(home_of(house.folder), tmp_path / "backup", say=said.append) == 1
    assert digest in said[0]
    new = home_of(tmp_path / "new")
    assert await restore(new, tmp_path / "backup", elsewhere=True, despite_findings=False, say=said.append) == 0


async def test_whatever_people_call_letters_comes_back_or_is_named(house: House, tmp_path: Path) -> None:
    mail = house.folder / "mail"
    (mail / "已读").mkdir()
    for name in ("已读/批准 一.eml", "a b.eml", ".draft", "back\\slash.eml"):
        (mail / name).write_bytes(b"a letter")
    said: list[str] = []
    assert back_up(home_of(house.folder), tmp_path / "backup.tar.gz", say=said.append) == 1
    assert "was left out" in said[0] and "slash" in said[0]
    new = home_of(tmp_path / "new")
    assert await restore(new, tmp_path / "backup.tar.gz", elsewhere=True, despite_findings=False, say=said.append) == 0
    there = {
        one.relative_to(tmp_path / "new" / "mail").as_posix() for one in (tmp_path / "new" / "mail").rglob("*.eml")
    }
    assert there >= {"已读/批准 一.eml", "a b.eml"}
    assert there == {one.relative_to(mail).as_posix() for one in mail.rglob("*.eml")} - {"back\\slash.eml"}


@pytest.mark.parametrize("name", ["../a", "a/../b", "/a", "a//b", "a/", ".a", "a/.b", "", "a\nb", "a\\b", "\udcff"])
def test_names_that_lead_elsewhere_are_none(name: str) -> None:
    assert not archive.is_name(name)


def test_a_name_of_a_backup_is_given_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up leaves nothing that looks like a backup."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a").write_bytes(b"a")
    monkeypatch.setattr(archive, "_text", full)
    for name in ("x.tar.gz", "x"):
        with pytest.raises(Unavailable, match="No space left"):
            archive.write(tmp_path / name, "1", "now", {"a": tmp_path / "a"})
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


# --- places and files that are odd ----------------------------------------------------------------------------------------


def a_member(headers: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as made:
        member = tarfile.TarInfo("store/plan.sqlite")
        member.size, member.pax_headers = 4, headers
        made.addfile(member, io.BytesIO(b"1234"))
    return out.getvalue()


@pytest.mark.parametrize(
    "headers",
    [
        {"GNU.sparse.map": "a,b"},
        {"GNU.sparse.size": "many"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"},
        {"GNU.sparse.size": str(2**50), "GNU.sparse.map": "0,1"},
        {"size": "-5"},
        {"path": "../../etc/passwd"},
    ],
)
def test_headers_that_say_nonsense_and_files_full_of_holes_are_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    """A petabyte of holes weighs nothing, and would be read for weeks."""
    (tmp_path / "x.tar.gz").write_bytes(a_member(headers))
    with pytest.raises(Invalid, match="nothing was touched"):
        archive.read(tmp_path / "x.tar.gz")


@pytest.mark.parametrize("make", [os.mkfifo, lambda place: place.symlink_to("/dev/zero")])
def test_a_pipe_or_a_device_in_a_backup_is_refused_and_not_waited_for(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    (tmp_path / "x" / "mail").mkdir(parents=True)
    make(tmp_path / "x" / "mail" / "a.eml")
    with pytest.raises(Invalid, match="something else than a file"):
        archive.read(tmp_path / "x")


@pytest.mark.parametrize("name", ["backup.tar.gz", "backup"])
def test_what_a_killed_backup_left_is_named_and_not_in_the_way(house: House, tmp_path: Path, name: str) -> None:
    left = tmp_path / ".backup-killed" / "draft"
    left.parent.mkdir()
    left.write_bytes(b"half of it")
    said: list[str] = []
    assert back_up(home_of(house.folder), tmp_path / name, say=said.append) == 0
    assert [one for one in said if str(left.parent) in one and "interrupted" in one]
    assert left.exists(), "it may be under way"
    assert {one.name for one in tmp_path.iterdir()} >= {name, left.parent.name}


def test_two_that_write_one_backup_do_not_spoil_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is whole first has the name; the other one says so."""
    (tmp_path / "a").write_bytes(b"a")
    settle, other = archive.settle, list[archive.Manifest]()

    def meanwhile() -> None:
        monkeypatch.setattr(archive, "settle", settle)
        other.append(archive.write(tmp_path / "x.tar.gz", "1", "now", {"a": tmp_path / "a"}))

    monkeypatch.setattr(archive, "settle", meanwhile)
    with pytest.raises(Unavailable, match="somebody else"):
        archive.write(tmp_path / "x.tar.gz", "1", "later", {"a": tmp_path / "a"})
    assert archive.read(tmp_path / "x.tar.gz") == other[0]
    assert {one.name for one in tmp_path.iterdir()} == {"a", "x.tar.gz"}


async def test_parts_that_are_links_are_restored_to_where_they_lead(
    backed_up: Callable[[str], Path], tmp_path: Path
) -> None:
    home = tmp_path / "new"
    home.mkdir()
    for part in ("data", "files", "mail"):
        (tmp_path / "disk" / part).mkdir(parents=True)
        (home / part).symlink_to(tmp_path / "disk" / part)
    said: list[str] = []
    backup = backed_up("backup.tar.gz")
    assert await restore(home_of(home), backup, elsewhere=True, despite_findings=False, say=said.append) == 0
    assert (home / "data").is_symlink() and (tmp_path / "disk" / "data" / "plan.sqlite").exists()


async def test_parts_that_lie_in_one_another_are_refused_before_anything_is_touched(
    backed_up: Callable[[str], Path], tmp_path: Path
) -> None:
    home = home_of(tmp_path / "new").model_copy(update={"files": tmp_path / "new" / "data" / "files"})
    with pytest.raises(Invalid, match="lies in"):
        await restore(home, backed_up("backup.tar.gz"), elsewhere=True, despite_findings=False)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("part", ["data", "files", "mail", "passwords.json"])
def test_a_home_whose_restoring_was_interrupted_is_not_opened(tmp_path: Path, part: str) -> None:
    home = home_of(tmp_path)
    must_be_restored(home)
    (tmp_path / f"{part}.restoring").mkdir()
    with pytest.raises(Invalid, match=rf"{part}\.restoring"):
        must_be_restored(home)


async def test_parts_get_their_names_all_or_none(
    backed_up: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, home, rename = backed_up("backup.tar.gz"), tmp_path / "new", Path.rename

    def but_the_databases(self: Path, target: Path) -> Path:
        if Path(target) == home / "data":
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", but_the_databases)
    with pytest.raises(Invalid, match="cannot be restored"):
        await restore(home_of(home), backup, elsewhere=True, despite_findings=False)
    assert not list(home.iterdir())


# --- as people do it ------------------------------------------------------------------------------------------------------


async def test_a_running_house_is_copied_killed_and_put_back(tmp_path: Path) -> None:
    port = a_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JIANDING_")}
    environment |= {"JIANDING_PORT": str(port), "PYTHONPATH": str(Path(__file__).parents[2])}

    async def run(*arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services", *arguments),
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def said(*arguments: str) -> tuple[int | None, str]:
        process = await run(*arguments)
        output, _ = await asyncio.wait_for(process.communicate(), 120)
        return process.returncode, output.decode()

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def ready() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return (await client.get("/readyz")).status_code == 200
            return False

        async def signs_in() -> bool:
            password = json.loads((tmp_path / "var" / "passwords.json").read_text())["operator"]
            form = {"grant_type": "password", "username": "operator", "password": password}
            return (await client.post("/directory/tokens", data=form)).status_code == 200

        process = await run("all")
        try:
            await eventually(ready, within=60, every=0.1)
            assert await signs_in()
            code, output = await said("backup", "kept/monday.tar.gz")
            assert code == 0, output
            code, output = await said("restore", "kept/monday.tar.gz")
            assert (code, "is not empty" in output) == (2, True), output
            process.send_signal(signal.SIGKILL)
            await process.wait()
            (tmp_path / "var").rename(tmp_path / "lost")
            code, output = await said("restore", "kept/monday.tar.gz")
            assert code == 0, output
            (tmp_path / "lost" / KEY).rename(tmp_path / "var" / KEY)
            process = await run("all")
            await eventually(ready, within=60, every=0.1)
            assert await signs_in()
            assert (await said("audit", "verify"))[0] == 0
            (tmp_path / "var").rename(tmp_path / "moved")
            code, output = await said("restore", "kept/monday.tar.gz")
            assert (code, "JIANDING_PORT" in output) == (2, True), "it runs still, wherever its files are"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_the_approver_of_a_restored_house_sees_what_was_decided(house: House, tmp_path: Path) -> None:
    await approve(house, SMALL)
    copy(house, tmp_path / "backup")
    async with put_back(tmp_path / "backup", tmp_path / "new", house) as restored:
        assert (await restored.person(APPROVER).get(SMALL.path))["state"] == "approved"
