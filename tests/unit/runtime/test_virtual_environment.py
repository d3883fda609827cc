"""The first minute on a bare machine: an environment is made, and one that was left half made does not stay so for ever."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

MAKER = Path(__file__).parents[3] / "deploy" / "make_venv.py"


def make(folder: Path, *, before: Path | None = None) -> subprocess.CompletedProcess[str]:
    """before: a folder in which Python looks for modules first."""
    environment = os.environ | ({"PYTHONPATH": str(before)} if before else {})
    command = [sys.executable, str(MAKER), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture
def without_venv(tmp_path: Path) -> Path:
    """Python as Debian has it before `python3-venv` is installed."""
    place = tmp_path / "bare"
    place.mkdir()
    (place / "ensurepip.py").write_text("raise ImportError('left out')\n")
    return place


def test_without_the_component_it_says_what_to_install_and_begins_again_afterwards(
    tmp_path: Path, without_venv: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    half = project / ".venv"
    (half / "bin").mkdir(parents=True)
    (half / "bin" / "python").symlink_to(sys.executable)  # what an attempt without the component leaves

    refused = make(half, before=without_venv)
    assert refused.returncode == 1
    assert "sudo apt install python3-venv" in refused.stderr
    assert "Traceback" not in refused.stderr

    made = make(half)
    assert made.returncode == 0, made.stderr
    assert (half / "bin" / "pip").exists()
    assert os.access(half / "bin" / "jianding", os.X_OK)

    kept = (half / "pyvenv.cfg").stat().st_mtime_ns
    assert make(half, before=without_venv).returncode == 0, "a whole one needs nothing"
    assert (half / "pyvenv.cfg").stat().st_mtime_ns == kept

    moved = project.rename(tmp_path / "elsewhere") / ".venv"  # the commands in it hold its former path
    assert make(moved).returncode == 0
    assert str(moved) in (moved / "bin" / "pip").read_text()


def test_a_folder_that_is_no_environment_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "draft.txt").write_text("mine")

    refused = make(tmp_path / "letters")

    assert refused.returncode == 1
    assert "不是虚拟环境" in refused.stderr
    assert (tmp_path / "letters" / "draft.txt").read_text() == "mine"


def test_what_a_link_leads_to_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    for name, leads_to in (("dangling", "nowhere"), ("empty", "theirs")):
        (tmp_path / name).symlink_to(tmp_path / leads_to)
        refused = make(tmp_path / name)
        assert refused.returncode == 1
        assert "不是虚拟环境" in refused.stderr and "Traceback" not in refused.stderr
        assert (tmp_path / name).is_symlink()


@pytest.mark.parametrize(("python", "pip"), [("junk", b"#!/bin/sh\n"), ("junk", b"\xff\xfe"), ("", b"#!/bin/sh")])
def test_one_that_does_not_run_is_made_anew(tmp_path: Path, without_venv: Path, python: str, pip: bytes) -> None:
    """That it was looked at without a traceback, and found wanting, shows where nothing can be made."""
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands / "python").write_text(python)
    (commands / "pip").write_bytes(pip)
    refused = make(tmp_path / ".venv", before=without_venv)
    assert "python3-venv" in refused.stderr and "Traceback" not in refused.stderr


def test_in_a_folder_with_blanks_in_its_name_the_command_runs(tmp_path: Path) -> None:
    """The kernel reads the first line of a command up to the first blank."""
    project = tmp_path / "it's a 鉴定 folder"
    (project / "services").mkdir(parents=True)
    (project / "services" / "__init__.py").touch()
    (project / "services" / "__main__.py").write_text("def run():\n    print('runs')\n    return 3\n")
    assert make(project / ".venv").returncode == 0
    ran = subprocess.run([str(project / ".venv" / "bin" / "jianding")], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (3, "runs\n"), ran.stderr
    assert make(project / ".venv").returncode == 0
    moved = project.rename(tmp_path / "moved here") / ".venv"
    assert make(moved).returncode == 0
    assert str(moved) in (moved / "bin" / "pip").read_text()


def command_in(project: Path) -> Path:
    command = project / ".venv" / "bin" / "jianding"
    command.parent.mkdir(parents=True)
    runpy.run_path(str(MAKER))["_write_command"](command.parent)
    return command


def test_the_command_is_that_of_this_project_from_any_folder(tmp_path: Path) -> None:
    project = MAKER.parents[1]
    for name in ("services", "shared"):
        (tmp_path / name).symlink_to(project / name)
    command = command_in(tmp_path)
    run = subprocess.run([sys.executable, str(command), "--help"], cwd="/", capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "jianding all" in run.stdout


WITH_A_CHILD = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def run():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as children:
        print(children.submit(abs, -7).result())
    return 0
"""


def test_a_child_process_of_the_command_does_its_work_and_does_not_begin_all_over(tmp_path: Path) -> None:
    """Certificates are drawn in a child: it reads the command's file again before it works."""
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "__main__.py").write_text(WITH_A_CHILD)
    command = command_in(tmp_path)
    run = subprocess.run([sys.executable, str(command)], cwd="/", capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "7\n"), run.stderr
