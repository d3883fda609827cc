"""Try-out passwords stay where nobody else comes; an address that leads nowhere is said before it is printed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from services.command import main
from services.runtime import launch
from services.runtime.catalogue import WholeSettings
from services.runtime.provision import provision
from services.runtime.reach import keep_try_out_at_home, notes
from shared.errors import Invalid
from shared.ip_addresses import is_this_machine
from shared.settings import read_settings
from tests.world.topology import SERVICES

TRY_OUT = {name: f"{name}-try-out" for name in (*SERVICES, "operator")}
OWN = {name: f"{name} has a password of its own" for name in (*SERVICES, "operator")}
ELSEWHERE = [
    "0.0.0.0",
    "::",
    "[::]",
    "192.168.1.20",
    "::ffff:10.0.0.1",
    "certificates.example.org",
    "127.0.0.1,0.0.0.0",
]
PUBLIC = "https://certificates.example.org"
LOOPBACK = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(running: launch.Running, _: object) -> int:
        for close in reversed(running.closing):
            await close()
        return 0

    monkeypatch.setattr(launch, "run", run)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST.", "::ffff:127.0.0.1"]
)
def test_addresses_of_this_machine(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize("host", [*ELSEWHERE, "", "localhost.example.org", "127.0.0.1.example.org", "0", "::2"])
def test_addresses_that_others_reach_too(host: str) -> None:
    assert not is_this_machine(host)


@pytest.mark.parametrize("setting", ["host", "published"])
@pytest.mark.parametrize("place", ELSEWHERE)
async def test_try_out_passwords_are_refused_where_others_can_knock(setting: str, place: str) -> None:
    with pytest.raises(Invalid, match=r"^试用密码人人皆知.* · .*reached from elsewhere.*directory.*make secrets"):
        await provision(read_settings(WholeSettings, **{setting: place}), TRY_OUT, server_users=False)
    assert list(Path().iterdir()) == [], "nothing was made"
    keep_try_out_at_home(read_settings(WholeSettings, **{setting: place}), OWN)


@pytest.mark.parametrize("url", [PUBLIC, "http://0.0.0.0:8000", "http://[::]:8000", "http://192.168.1.20"])
def test_try_out_passwords_are_refused_under_an_address_of_others(url: str) -> None:
    with pytest.raises(Invalid, match="can be reached from elsewhere"):
        keep_try_out_at_home(read_settings(WholeSettings, url=url), TRY_OUT)


def test_a_container_listens_inside_and_is_reached_where_its_port_is_published() -> None:
    inside = {"host": "0.0.0.0", "published": "127.0.0.1"}
    keep_try_out_at_home(read_settings(WholeSettings, **inside), TRY_OUT)


@pytest.mark.parametrize(
    ("setting", "address", "named"),
    [
        ("store", "mongodb://root:mongo-try-out@mongo/jianding", "the database"),
        ("bus", "amqp://provision:rabbitmq-try-out@rabbitmq/core", "the broker"),
        ("bus_admin", "http://provision:rabbitmq-try-out@rabbitmq:15672", "the broker's management"),
    ],
)
def test_one_try_out_password_of_an_administrator_is_enough(setting: str, address: str, named: str) -> None:
    with pytest.raises(Invalid, match=rf"try-out passwords of {named}:"):
        keep_try_out_at_home(read_settings(WholeSettings, url=PUBLIC, **{setting: address}), OWN)


def test_a_service_by_itself_refuses_too(monkeypatch: pytest.MonkeyPatch, not_run: None) -> None:
    monkeypatch.setenv("JIANDING_PASSWORD", "plan-try-out")
    monkeypatch.setenv("JIANDING_HOST", "0.0.0.0")
    with pytest.raises(Invalid, match="try-out passwords of plan"):
        main(["plan"])
    monkeypatch.setenv("JIANDING_PUBLISHED", "127.0.0.1")
    assert main(["plan"]) == 0


@pytest.mark.parametrize("url", [LOOPBACK, "http://localhost", "http://[::1]:8000", "http://0.0.0.0:8000"])
@pytest.mark.parametrize("place", [{"host": "0.0.0.0"}, {"published": "0.0.0.0"}, {"published": "127.0.0.1"}])
def test_an_address_that_leads_nowhere_is_said_where_others_may_come(url: str, place: dict[str, str]) -> None:
    (note,) = notes(read_settings(WholeSettings, url=url, **place))
    assert f"{url} is printed on certificates, QR codes and letters" in note


@pytest.mark.parametrize(
    "url", ["jianding.example.org", "jianding.example.org:8000", "ftp://x.example.org", "https://", "/x"]
)
@pytest.mark.parametrize("place", [{}, {"host": "0.0.0.0"}])
def test_what_no_telephone_opens_is_said_wherever_we_run(url: str, place: dict[str, str]) -> None:
    (note,) = notes(read_settings(WholeSettings, url=url, **place))
    assert note.startswith(f"印制的网址须以 http:// 或 https:// 开头 · {url} is printed")


@pytest.mark.parametrize("settings", [{"url": LOOPBACK}, {"url": PUBLIC, "host": "0.0.0.0"}, {"url": PUBLIC}])
def test_nothing_is_said_for_nothing(settings: dict[str, str]) -> None:
    assert notes(read_settings(WholeSettings, **settings), *SERVICES) == []


@pytest.mark.parametrize("command", [["provision"], ["all"], ["plan"], ["certificate", "worker"]])
def test_every_start_says_it(
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    not_run: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIANDING_PUBLISHED", "127.0.0.1")
    monkeypatch.setenv("JIANDING_PORT", "0")
    assert main(command) == 0
    warnings = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert [LOOPBACK in line for line in warnings] == [True], warnings


def test_trying_out_on_this_machine_is_told_once_and_without_alarm(
    monkeypatch: pytest.MonkeyPatch, not_run: None, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIANDING_PORT", "0")
    assert main(["all"]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if LOOPBACK in line]
    assert [logging.getLevelName(logging.INFO).lower() in line for line in lines] == [True], lines


def test_settings_show_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("JIANDING_PUBLISHED", "0.0.0.0")
    assert main(["settings"]) == 0
    assert f"# 二维码与信函中的网址只通向读者自己的机器 · {LOOPBACK}" in capsys.readouterr().out


def test_the_settings_of_provisioning_are_not_taken_for_those_of_services(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In its container the administrator's user stands there, and no service shares it."""
    monkeypatch.setenv("JIANDING_STORE", "mongodb://root:secret@mongo:27017/jianding")
    assert main(["settings"]) == 0
    assert "one user of the database for several services" in capsys.readouterr().out
    monkeypatch.setenv("JIANDING_PASSWORDS", ",".join(f"{name}={password}" for name, password in OWN.items()))
    assert main(["settings"]) == 0
    said = capsys.readouterr().out
    assert "for several services" not in said
    assert "settings of provisioning" in said
