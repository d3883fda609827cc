"""A file is written whole or not at all, wherever the disk gives up or the process dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.runtime import provision
from services.runtime.catalogue import WholeSettings
from services.runtime.provision import KNOWN, own_passwords
from shared.adapters.mail.folder import MailFolder
from shared.durable import write_durably
from shared.errors import Invalid, Unavailable
from shared.settings import Settings, read_settings
from tests.contract.test_mailer import a_letter

OLD, NEW = b"what was there", b"what comes " * 1000
STEPS = ("flush the draft", "give it its name", "flush the folder")
DYING = """
import os, sys
from pathlib import Path
from shared.durable import write_durably

_, place, over_another, nth, when = sys.argv
done = 0

def fragile(step):
    def one(*arguments, **options):
        global done
        done += 1
        if when == "before" and done == int(nth):
            os._exit(9)
        step(*arguments, **options)
        if when == "after" and done == int(nth):
            os._exit(9)
    return one

os.fsync, os.link, Path.replace = fragile(os.fsync), fragile(os.link), fragile(Path.replace)
write_durably(Path(place), b"what comes " * 1000, over_another=over_another == "True")
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to the disk, in order."""
    done: list[str] = []

    def noted(name: Callable[[Any], str], step: Any) -> Any:
        def one(first: Any, *rest: Any) -> Any:
            done.append(name(first))
            return step(first, *rest)

        return one

    def flushed(handle: int) -> str:
        return "flush the folder" if os.path.isdir(f"/dev/fd/{handle}") else "flush the draft"  # noqa: PTH112

    monkeypatch.setattr(os, "fsync", noted(flushed, os.fsync))
    monkeypatch.setattr(os, "link", noted(lambda _: "give it its name", os.link))
    monkeypatch.setattr(Path, "replace", noted(lambda _: "give it its name", Path.replace))
    return done


@pytest.mark.parametrize("over_another", [True, False])
def test_the_content_reaches_the_disk_before_the_name_and_the_name_before_the_answer(
    tmp_path: Path, steps: list[str], over_another: bool
) -> None:
    assert write_durably(tmp_path / "a", NEW, over_another=over_another)
    assert tuple(steps) == STEPS
    assert (tmp_path / "a").read_bytes() == NEW
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["a"]


def test_folders_on_the_way_reach_the_disk_too(tmp_path: Path, steps: list[str]) -> None:
    assert write_durably(tmp_path / "x" / "y" / "a", NEW)
    assert steps == ["flush the folder", "flush the folder", *STEPS]


@pytest.mark.parametrize(("over_another", "left"), [(True, NEW), (False, OLD)])
def test_what_another_wrote_is_replaced_or_left_alone(tmp_path: Path, over_another: bool, left: bytes) -> None:
    (tmp_path / "a").write_bytes(OLD)
    assert write_durably(tmp_path / "a", NEW, over_another=over_another) is over_another
    assert (tmp_path / "a").read_bytes() == left
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize(("over_another", "there"), [(True, True), (True, False), (False, False)])
def test_a_process_that_dies_at_any_step_leaves_nothing_half(
    tmp_path: Path, over_another: bool, there: bool, nth: int, when: str
) -> None:
    place = tmp_path / "a"
    if there:
        place.write_bytes(OLD)
    command = [sys.executable, "-c", DYING, str(place), str(over_another), str(nth), when]
    assert subprocess.run(command, check=False, cwd=Path(__file__).parents[2]).returncode == 9
    named = nth == 3 or (nth == 2 and when == "after")
    if named:
        assert place.read_bytes() == NEW
    elif there:
        assert place.read_bytes() == OLD
    else:
        assert not place.exists()
    assert all(name == "a" or name.startswith(".") for name in names(tmp_path))
    assert write_durably(place, NEW, over_another=over_another) is (
        over_another or not named
    )  # the next one is not hindered
    assert place.read_bytes() == NEW


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a").write_bytes(OLD)
    monkeypatch.setattr(os if call == "fsync" else Path, call, full)
    with pytest.raises(OSError, match="No space"):
        write_durably(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == OLD
    assert names(tmp_path) == ["a"]


# --- who writes so ----------------------------------------------------------------------------------------------------


async def test_a_letter_was_sent_only_when_its_name_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: list[str]
) -> None:
    await MailFolder(tmp_path).send(a_letter())
    assert tuple(steps) == STEPS

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(Unavailable, match="Input/output error"):
        await MailFolder(tmp_path).send(a_letter("<m2@jianding.example>"))
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return read_settings(WholeSettings, secrets=tmp_path / "var" / "passwords.json")


def test_passwords_are_made_once_and_read_by_nobody_else(settings: Settings) -> None:
    made = own_passwords(settings)
    assert set(made) == set(KNOWN)
    assert own_passwords(settings) == made
    assert settings.secrets.stat().st_mode & 0o777 == 0o600


def test_of_two_that_make_passwords_the_first_one_counts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = dict.fromkeys(KNOWN, "made by the other process")
    link = os.link

    def late(draft: Path, place: Path) -> None:
        place.write_text(json.dumps(first), encoding="utf-8")
        link(draft, place)

    monkeypatch.setattr(os, "link", late)
    assert own_passwords(settings) == first


def test_passwords_for_new_services_never_cost_the_old_ones(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The accounts of the old ones exist already: their passwords cannot be made a second time."""
    old = {KNOWN[0]: "password-of-before"}
    settings.secrets.parent.mkdir()
    settings.secrets.write_text(json.dumps(old), encoding="utf-8")
    with monkeypatch.context() as broken:

        def fails(_: int) -> None:
            raise OSError(28, "No space left on device")

        broken.setattr(os, "fsync", fails)
        with pytest.raises(Invalid, match="No space"):
            own_passwords(settings)
    assert json.loads(settings.secrets.read_text(encoding="utf-8")) == old
    grown = own_passwords(settings)
    assert set(grown) == set(KNOWN)
    assert grown[KNOWN[0]] == "password-of-before"
    assert own_passwords(settings) == grown


@pytest.mark.parametrize("moment", ["before the first write", "after it", "before the second"])
def test_of_two_that_add_passwords_for_new_services_both_have_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Each looked at the file before the other wrote to it."""
    settings.secrets.parent.mkdir()
    settings.secrets.write_text(json.dumps({KNOWN[0]: "password-of-before"}), encoding="utf-8")
    others: list[dict[str, str]] = []
    written = 0

    def other_process(now: str) -> None:
        if now == moment and not others:
            with monkeypatch.context() as alone:
                alone.setattr(provision, "write_durably", write_durably)
                others.append(own_passwords(settings))

    def late(place: Path, content: bytes, *, over_another: bool = True) -> bool:
        nonlocal written
        written += 1
        other_process("before the first write" if written == 1 else "before the second")
        done = write_durably(place, content, over_another=over_another)
        if written == 1:
            other_process("after it")
        return done

    monkeypatch.setattr(provision, "write_durably", late)
    made = own_passwords(settings)
    assert others == [made]
    assert (made[KNOWN[0]], own_passwords(settings)) == ("password-of-before", made)
    assert [path.name for path in settings.secrets.parent.iterdir()] == [settings.secrets.name]


def test_what_a_crash_left_of_adding_passwords_is_finished(settings: Settings) -> None:
    settings.secrets.parent.mkdir()
    settings.secrets.write_text(json.dumps(dict.fromkeys(KNOWN[2:], "password-of-before")), encoding="utf-8")
    beside = settings.secrets.with_name(f"{settings.secrets.name}.more")
    beside.write_text(json.dumps({KNOWN[0]: "decided already"}), encoding="utf-8")
    grown = own_passwords(settings)
    assert (set(grown), grown[KNOWN[0]], beside.exists()) == (set(KNOWN), "decided already", False)
