"""How users of the database are made: what is asked, and what servers answer.

What is asked follows MongoDB's manual (createUser, updateUser). That no users are made (59) was taken down from a server
that speaks its protocol; the other refusals (11, 13, 51003, 8000) are the codes its documentation and drivers name, not yet
seen from a server of its own here.
"""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from services.runtime import provision as provisioning
from services.runtime import reach, wiring
from services.runtime.catalogue import WholeSettings
from shared.adapters.mongo import MongoUsers
from shared.errors import Refused, Unavailable
from shared.settings import Settings
from tests.world.topology import SERVICES

ROOT_URL = "mongodb://root:password-of-root@127.0.0.1:9/jianding"
OWN_URL = "mongodb://plan:password-of-plan@127.0.0.1:9/jianding?authSource=jianding_plan"
PASSWORDS = {name: f"password-of-{name}" for name in SERVICES}
Command = dict[str, Any]

OK: Command = {"ok": 1.0}
UNKNOWN_USER: Command = {
    "ok": 0.0,
    "errmsg": 'Could not find user "plan" for db "jianding_plan"',
    "code": 11,
    "codeName": "UserNotFound",
}
THERE_ALREADY: Command = {
    "ok": 0.0,
    "errmsg": 'User "plan@jianding_plan" already exists',
    "code": 51003,
    "codeName": "Location51003",
}
NOT_ALLOWED: Command = {
    "ok": 0.0,
    "errmsg": 'not authorized on jianding_plan to execute command { updateUser: "plan", pwd: "xxx" }',
    "code": 13,
    "codeName": "Unauthorized",
}
HOSTED: Command = {"ok": 0.0, "errmsg": "(Unauthorized) not authorized", "code": 8000, "codeName": "AtlasError"}
NO_SUCH_COMMAND: Command = {
    "ok": 0.0,
    "errmsg": "no such command: 'updateUser'",
    "code": 59,
    "codeName": "CommandNotFound",
}
NOT_SUPPORTED: Command = {
    "ok": 0.0,
    "errmsg": "Command updateUser not supported",
    "code": 115,
    "codeName": "CommandNotSupported",
}
STEPPING_DOWN: Command = {"ok": 0.0, "errmsg": "not primary", "code": 10107, "codeName": "NotWritablePrimary"}


class Recorded:
    """Answers in the order given, the last one from then on, and keeps what it was asked."""

    def __init__(self, *answers: Command | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, Command]] = []

    async def answer(self, _: MongoUsers, database: str, command: Command) -> None:
        self.asked.append((database, command))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if not answer["ok"]:
            raise OperationFailure(answer["errmsg"], answer["code"], answer)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    def there_is(*answers: Command | Exception) -> Recorded:
        recorded = Recorded(*answers)

        async def command(users: MongoUsers, database: str, asked: Command) -> None:
            await recorded.answer(users, database, asked)

        monkeypatch.setattr(MongoUsers, "_command", command)
        return recorded

    return there_is


@pytest.fixture
def users() -> Iterator[MongoUsers]:
    users = MongoUsers("mongodb://root:password-of-root@127.0.0.1:9")
    yield users
    users.close()


def asked(command: str, password: str = "password-of-plan") -> tuple[str, Command]:
    rights = [{"role": "readWrite", "db": "jianding_plan"}]
    return ("jianding_plan", {command: "plan", "pwd": password, "roles": rights})


async def make(users: MongoUsers, password: str = "password-of-plan") -> bool:
    return await users.make("plan", "jianding_plan", password)


async def test_a_new_user_has_rights_to_its_own_database_only(server: Any, users: MongoUsers) -> None:
    exchange = server(UNKNOWN_USER, OK)
    assert await make(users)
    assert exchange.asked == [asked("updateUser"), asked("createUser")]


async def test_one_that_is_there_gets_the_present_password_and_loses_other_rights(
    server: Any, users: MongoUsers
) -> None:
    exchange = server(OK)
    assert await make(users, "the next password")
    assert exchange.asked == [asked("updateUser", "the next password")]


async def test_two_provisionings_at_once_do_no_harm(server: Any, users: MongoUsers) -> None:
    server(UNKNOWN_USER, THERE_ALREADY)
    assert await make(users)


@pytest.mark.parametrize("answer", [NO_SUCH_COMMAND, NOT_SUPPORTED])
async def test_a_server_that_makes_no_users_is_told_apart(server: Any, users: MongoUsers, answer: Command) -> None:
    server(answer)
    assert not await make(users)


@pytest.mark.parametrize("answers", [[NOT_ALLOWED], [UNKNOWN_USER, NOT_ALLOWED], [HOSTED]])
async def test_an_administrator_without_the_right_is_refused(
    server: Any, users: MongoUsers, answers: list[Command]
) -> None:
    server(*answers)
    with pytest.raises(Refused, match="needs the right userAdmin on jianding_plan"):
        await make(users)


@pytest.mark.parametrize("answer", [STEPPING_DOWN, ServerSelectionTimeoutError("no servers"), OSError("reset")])
async def test_anything_else_is_unavailable_and_nothing_is_concluded(
    server: Any, users: MongoUsers, answer: Command | Exception
) -> None:
    server(answer)
    with pytest.raises(Unavailable) as caught:
        await make(users)
    assert "password-of" not in str(caught.value)


# --- what becomes of it -----------------------------------------------------------------------------------------------


@pytest.fixture
def handed(tmp_path: Path) -> Path:
    """Where provisioning would leave one user for all."""
    return tmp_path / "store" / "shared"


def settings(store: str, handed: Path | None = None) -> Settings:
    return WholeSettings(store=store, store_shared=handed)


async def test_every_service_has_its_own_and_the_administrators_password_is_left_to_nobody(
    server: Any, handed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handed.parent.mkdir()
    handed.write_text(ROOT_URL)  # by a database of before that made no users
    caplog.set_level(logging.INFO)
    exchange = server(OK)
    await provisioning._database_users(settings(ROOT_URL, handed), PASSWORDS)
    assert [(place, command["updateUser"], command["roles"][0]["db"]) for place, command in exchange.asked] == [
        (f"jianding_{name}", name, f"jianding_{name}") for name in SERVICES
    ]
    assert not handed.exists()
    assert "every service has a user with rights to its own database" in caplog.text
    own = settings(OWN_URL, handed)
    assert wiring.store_url(own) == OWN_URL
    assert wiring.home(own, ["plan"])["store_users"] == "own"
    assert reach.notes(own, "plan") == []


async def test_where_no_users_are_made_all_services_get_one_and_it_is_said(
    server: Any, handed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server(NO_SUCH_COMMAND)
    await provisioning._database_users(settings(ROOT_URL, handed), PASSWORDS)
    assert "makes no users: one for all" in caplog.text
    assert stat.S_IMODE(handed.stat().st_mode) == 0o600
    shared = settings(OWN_URL, handed)
    assert wiring.store_url(shared) == ROOT_URL
    assert wiring.home(shared, ["plan"])["store_users"] == "shared"
    (note,) = reach.notes(shared, "plan")
    assert "one user of the database for several services" in note
    assert "password" not in note


async def test_users_that_an_administrator_made_by_hand_go_on(
    server: Any, handed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server(NOT_ALLOWED)
    await provisioning._database_users(settings(ROOT_URL, handed), PASSWORDS)
    assert "services need those that are there" in caplog.text
    assert not handed.exists()


async def test_no_answer_leaves_what_was_left(server: Any, handed: Path) -> None:
    """A database that is away for a moment neither hands out the administrator's password nor takes it back."""
    handed.parent.mkdir()
    handed.write_text(ROOT_URL)
    server(ServerSelectionTimeoutError("no servers"))
    with pytest.raises(Unavailable):
        await provisioning._database_users(settings(ROOT_URL, handed), PASSWORDS)
    assert handed.read_text() == ROOT_URL


def test_a_configuration_of_before_goes_on_with_its_one_user() -> None:
    before = settings(ROOT_URL)
    assert wiring.store_url(before) == ROOT_URL
    assert wiring.home(before, ["plan"])["store_users"] == "shared"
    assert len(reach.notes(before, "plan")) == 1


def test_the_embedded_home_has_no_users() -> None:
    assert "store_users" not in wiring.home(WholeSettings(), SERVICES)


@pytest.mark.parametrize(
    ("url", "name"), [(ROOT_URL, "jianding_plan"), ("mongodb://h:1", "jianding_plan"), ("mongodb://h/x?a=b", "x_plan")]
)
def test_users_and_stores_agree_on_the_name_of_the_database(url: str, name: str) -> None:
    assert wiring.database_of(url, "plan") == name
