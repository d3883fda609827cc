"""The import rules hold modules that nobody listed: each breach planted here is found, by the rule meant for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rules.private_rooms import may_import

ROOT = Path(__file__).parents[2]
LARGEST_FOLDER = 15  # modules side by side: more cannot be taken in at a glance


@dataclass(frozen=True, slots=True)
class Planted:
    """A module that must not be there. rule: the contract that says so."""

    module: str
    content: str
    rule: str

    @property
    def path(self) -> Path:
        return Path(*self.module.split(".")).with_suffix(".py")


PURE = "The nouns are pure"
BREACHES = {
    "a noun imports the web framework": Planted("services.plan.planted_a.planted", "from fastapi import Query\n", PURE),
    "a noun imports our web edge": Planted(
        "services.plan.planted_b.planted", "from shared.web.paging import Cursor\n", PURE
    ),
    "a noun imports a port": Planted("services.reporting.rosters.planted", "from shared.ports import Store\n", PURE),
    "a noun deep inside imports the repository": Planted(
        "services.reporting.rosters.workbook.planted", "from shared.keeping import repository\n", PURE
    ),
    "a noun imports another noun's use cases": Planted(
        "services.supervision.planted.planted", "from services.supervision.inspections import usecases\n", "its own"
    ),
    "use cases import another noun's": Planted(
        "services.supervision.planted_b.usecases", "from services.supervision.inspections import usecases\n", "its own"
    ),
    "HTTP of a noun imports another noun's use cases": Planted(
        "services.supervision.planted_c.api", "from services.supervision.inspections import usecases\n", "its own"
    ),
    "use cases import the web": Planted("services.plan.planted_c.usecases", "import fastapi\n", "know no web"),
    "shared core imports an adapter": Planted(
        "shared.keeping.planted", "from shared.adapters.clock import SystemClock\n", "lie in layers"
    ),
    "a room of shared that nobody placed": Planted("shared.planted.room", "", "lie in layers"),
    "trade imports keeping": Planted(
        "shared.trade.planted", "from shared.keeping.aggregate import Aggregate\n", "lie in layers"
    ),
    "a new service imports another": Planted(
        "services.planted.things.thing", "from services.plan import windup\n", "never imports another service"
    ),
    "the gateway imports the wiring": Planted(
        "services.gateway.planted", "from services.runtime import wiring\n", "never imports another service"
    ),
    "contracts import something of ours": Planted(
        "shared.contracts.planted", "from shared.trade.roles import Role\n", "nothing of ours but the errors"
    ),
    "shared imports a service": Planted(
        "shared.trade.planted_b", "from services.plan import windup\n", "Shared code knows no service"
    ),
    "an adapter imports another": Planted(
        "shared.adapters.planted", "from shared.adapters.files import FolderFiles\n", "never imports another adapter"
    ),
    "an adapter imports the repository": Planted(
        "shared.adapters.planted_b", "from shared.keeping import repository\n", "ports, queues and errors"
    ),
    "a service imports an adapter": Planted(
        "services.notification.planted", "from shared.adapters.clock import SystemClock\n", "chooses adapters"
    ),
    "a driver outside its room": Planted("services.runtime.planted", "import motor\n", "Each driver"),
    "another client of the broker": Planted("shared.adapters.planted_c", "import aio_pika\n", "broker's client"),
    "a noun asks over HTTP": Planted("services.plan.planted_d.storage", "import httpx\n", "Who asks over HTTP"),
    "a circle of nouns": Planted(
        "services.notification.letters.planted", "from services.notification.mailings import mailing\n", "No circles"
    ),
}


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every rule that is broken in a copy of the house with all breaches in it → what it says."""
    copy = tmp_path_factory.mktemp("planted")
    for room in ("services", "shared", "tests/rules"):
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", copy)
    for planted in BREACHES.values():
        path = copy / planted.path
        path.parent.mkdir(parents=True, exist_ok=True)
        for above in path.relative_to(copy).parents[:-1]:
            (copy / above / "__init__.py").touch()
        path.write_text(planted.content, encoding="utf-8")
    said = _lint(copy)
    assert said.returncode == 1, said.stdout + said.stderr
    parts = re.split(r"^(.+)\n-{10,}\n", said.stdout.partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "COLUMNS": "400"}  # a long name must not be broken into two lines
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("what", BREACHES)
def test_a_planted_breach_is_found(verdict: dict[str, str], what: str) -> None:
    planted = BREACHES[what]
    rule = next((name for name in verdict if planted.rule in name), None)
    assert rule is not None, f"no rule was broken that says “{planted.rule}”: {sorted(verdict)}"
    named = planted.module if planted.content else planted.module.rpartition(".")[0]
    circle = ".".join(("", *planted.module.split(".")[2:3]))
    assert named in verdict[rule] or (planted.rule == "No circles" and circle in verdict[rule]), verdict[rule]


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("services.plan.annual_plans.api", "services.plan.annual_plans.usecases", True),
        ("services.plan.annual_plans.usecases.watching", "services.plan.annual_plans.usecases.steps", True),
        ("services.plan.handlers", "services.plan.annual_plans.usecases", True),
        ("services.plan.main", "services.plan.annual_plans.api", True),
        ("services.plan.session_plans.usecases", "services.plan.annual_plans.storage", True),
        ("services.plan.session_plans.usecases", "services.plan.annual_plans.usecases", False),
        ("services.plan.session_plans.api", "services.plan.annual_plans.usecases.steps", False),
        ("services.plan.handlers", "services.plan.annual_plans.api", False),
        ("services.plan.annual_plans.usecases", "services.plan.annual_plans.api", False),
        ("services.plan.annual_plans.annual_plan", "services.plan.annual_plans.usecases", False),
    ],
)
def test_use_cases_and_http_of_a_noun_are_its_own(importer: str, imported: str, allowed: bool) -> None:
    assert may_import(importer, imported) is allowed


def test_every_folder_is_a_package() -> None:
    """One without `__init__.py` would run, and no import rule would look into it."""
    folders = {path.parent for room in ("services", "shared") for path in (ROOT / room).rglob("*.py")}
    assert [str(one.relative_to(ROOT)) for one in folders if not (one / "__init__.py").exists()] == []


def test_no_folder_holds_more_than_can_be_taken_in() -> None:
    folders = {path.parent for room in ("services", "shared") for path in (ROOT / room).rglob("*.py")}
    counted = {str(one.relative_to(ROOT)): len([*one.glob("*.py")]) - 1 for one in folders}  # without __init__
    assert {name: count for name, count in counted.items() if count > LARGEST_FOLDER} == {}


def test_every_room_says_what_it_is() -> None:
    """A reader who opens a folder finds a sentence about it, or files whose names need none."""
    silent = [
        str(path.relative_to(ROOT))
        for room in ("services", "shared")
        for path in (ROOT / room).rglob("*.py")
        if path.name != "__init__.py" and not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert silent == []


def test_no_two_test_modules_have_one_name() -> None:
    """Folders of tests are no packages: of two modules of one name the second is not collected."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
