"""Settings and the launcher's choices, where a mistake is an operator's: every one is told in a sentence."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from services.command import main
from services.notification.settings import NotificationSettings
from services.reporting.settings import ReportingSettings
from services.runtime import launch
from services.runtime.catalogue import WholeSettings
from services.runtime.provision import management_url, own_passwords, provision, with_person_key, with_webhook_key
from services.runtime.reach import without_known_key
from shared.errors import Invalid, NotFound
from shared.settings import Settings, read_settings
from shared.web.app import not_found_app
from tests.world.ports import a_port
from tests.world.topology import SERVICES

PASSWORDS = {name: f"{name}-try-out" for name in (*SERVICES, "operator")}


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JIANDING_PASSWORD", "secret")


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queues that the launcher would work on."""
    found: list[str] = []

    async def run(running: launch.Running, _: object) -> int:
        found.extend(queue for one in running.watched for queue in one.consumers)
        for close in reversed(running.closing):
            await close()
        return 0

    monkeypatch.setattr(launch, "run", run)
    return found


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANDING_FONTS", "")
    monkeypatch.setenv("JIANDING_INDUSTRY", "")
    settings = read_settings(WholeSettings)
    assert (settings.fonts, settings.industry) == (None, "49")


def test_a_wrong_value_is_named_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANDING_PORT", "hunter2")
    with pytest.raises(Invalid, match="JIANDING_PORT") as raised:
        read_settings(WholeSettings)
    assert "hunter2" not in str(raised.value)


def test_queues_are_chosen_by_pattern_with_those_of_branch_centres(
    monkeypatch: pytest.MonkeyPatch, taken: list[str]
) -> None:
    monkeypatch.setenv("JIANDING_PRODUCERS", "49050001")
    assert main(["certificate", "worker", "--queues", "certificate.produce*"]) == 0
    assert taken == ["certificate.produce", "certificate.produce.49050001"]
    taken.clear()
    assert main(["certificate", "--not-queues", "certificate.produce*"]) == 0
    kept = ("copies", "intake", "tally", "duties", "windup")
    assert taken == [f"certificate.{job}" for job in kept]
    taken.clear()
    assert main(["certificate", "worker", "--queues", "certificate.produce"]) == 0
    assert taken == ["certificate.produce"]


def test_drawing_children_start_with_the_process_that_draws(monkeypatch: pytest.MonkeyPatch, taken: list[str]) -> None:
    begun: list[int] = []
    build = launch.build

    def counted(*given: Any) -> launch.Running:
        running = build(*given)
        begun.append(len(running.readying))
        return running

    monkeypatch.setattr(launch, "build", counted)
    main(["certificate", "worker", "--queues", "certificate.produce*"])
    main(["certificate", "--not-queues", "certificate.produce*"])
    main(["certificate", "api"])
    main(["plan"])
    assert begun == [1, 0, 0, 0]


async def test_what_was_built_is_not_looked_through_for_garbage_while_it_serves() -> None:
    counted: list[int] = []
    before = gc.get_threshold()

    async def ends_at_once() -> None:
        counted.append(gc.get_freeze_count())

    running = launch.Running(not_found_app(), jobs={"once": ends_at_once})
    assert await launch.run(running, Settings(port=a_port())) == 1
    assert counted[0] > 10_000
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before


def test_webhooks_are_called_by_the_process_that_fills_feeds(monkeypatch: pytest.MonkeyPatch, taken: list[str]) -> None:
    jobs: list[bool] = []
    build = launch.build

    def looked_at(*given: Any) -> launch.Running:
        running = build(*given)
        jobs.append("notification beside feed" in running.jobs)
        return running

    monkeypatch.setattr(launch, "build", looked_at)
    main(["notification", "worker", "--queues", "notification.feed"])
    main(["notification"])
    main(["notification", "--not-queues", "notification.feed"])
    main(["notification", "api", "relay", "clock"])
    assert jobs == [True, True, False, False]


def test_a_service_that_tells_nothing_runs_no_relay(monkeypatch: pytest.MonkeyPatch, taken: list[str]) -> None:
    jobs: dict[str, bool] = {}
    build = launch.build

    def looked_at(*given: Any) -> launch.Running:
        running = build(*given)
        (one,) = running.watched
        jobs[one.name] = f"{one.name} relay" in running.jobs
        assert (one.relay is not None) is jobs[one.name]
        return running

    monkeypatch.setattr(launch, "build", looked_at)
    for name in SERVICES:
        main([name])
    assert jobs == {name: name != "console" for name in SERVICES}


def test_the_key_for_secrets_of_webhooks_is_made_once_and_kept(tmp_path: Path) -> None:
    settings = WholeSettings(secrets=tmp_path / "kept" / "passwords.json")
    made = with_webhook_key(settings).of(NotificationSettings).webhook_key.get_secret_value()
    again = with_webhook_key(settings).of(NotificationSettings).webhook_key.get_secret_value()
    assert (made, len(made) >= 32) == (again, True)
    given = WholeSettings(webhook_key="a-key-that-was-given")
    assert with_webhook_key(given) is given


def test_queues_of_bodies_are_kept_by_a_process_that_does_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[launch.Running] = []

    async def run(running: launch.Running, _: object) -> int:
        found.append(running)
        return 0

    monkeypatch.setattr(launch, "run", run)
    monkeypatch.setenv("JIANDING_BUS", "amqp://provision:secret-of-the-broker@127.0.0.1:9/core")
    assert main(["notification", "branches"]) == 0
    assert main(["notification"]) == 0
    apart, usual = found
    assert list(apart.jobs) == ["notification branches"]
    told = [{one.name for measures in running.measures for one in measures()} for running in found]
    assert told == [
        {"jianding_branch_queue_attempts_total"},
        {"jianding_feed_behind_seconds", "jianding_workdays_missing"},
    ]
    assert not [route for route in apart.app.routes if getattr(route, "path", "") == "/notification"]
    assert "notification branches" not in usual.jobs
    assert [route for route in usual.app.routes if getattr(route, "path", "") == "/notification"]


@pytest.mark.parametrize(
    ("bus", "arguments", "sentence"),
    [
        ("sqlite:data", ["notification", "branches"], "on RabbitMQ only"),
        ("amqp://a:b@127.0.0.1:9/core", ["notification", "branches", "api"], "a process of its own"),
    ],
)
def test_queues_of_bodies_are_kept_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, bus: str, arguments: list[str], sentence: str
) -> None:
    monkeypatch.setenv("JIANDING_BUS", bus)
    with pytest.raises(Invalid, match=sentence):
        main(arguments)


def test_no_other_service_has_that_role(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plan", "branches"])
    assert "invalid choice: 'branches'" in capsys.readouterr().err


async def test_what_cannot_be_made_ready_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def fails() -> None:
        raise Invalid("没有字库 · no fonts")

    async def works() -> None:
        done.append("works")

    await launch.get_ready([fails, works])
    assert done == ["works"]
    assert "no fonts" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan", "--queues", "certificate.produce"], "plan has no queue certificate.produce; it has plan.copies"),
        (["directory", "--queues", "x"], "it has directory.duties, directory.windup"),
        (["plan", "--not-queues", "*"], "no queue of plan is left"),
    ],
)
def test_a_queue_that_is_not_there_is_told(arguments: list[str], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence.replace("*", r"\*")):
        main(arguments)


def test_settings_are_shown_without_passwords(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIANDING_STORE", "mongodb://root:hunter2@mongo:27017/jianding")
    monkeypatch.setenv("JIANDING_MAIL", "smtp://u%40x:hunter2@mail:587")
    assert main(["settings"]) == 0
    shown = capsys.readouterr().out
    assert "hunter2" not in shown
    assert "JIANDING_STORE=mongodb://root:**********@mongo:27017/jianding" in shown


def test_a_setting_that_is_not_set_is_shown_empty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines of it are copied into .env, where `None` would be the name of a folder."""
    assert main(["settings"]) == 0
    shown = capsys.readouterr().out
    assert "JIANDING_FONTS=   #" in shown
    assert "=None" not in shown
    monkeypatch.setenv("JIANDING_FONTS", "")
    assert read_settings(WholeSettings).fonts is None, "empty means unset there too"


@pytest.mark.parametrize(
    ("setting", "value"),
    [("STORE", "postgres://db/x"), ("BUS", "kafka://bus"), ("MAIL", "mailpit:1025"), ("MAIL", "smtp://:1025")],
)
def test_an_address_that_cannot_be_used_is_refused_in_chinese_first(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(f"JIANDING_{setting}", value)
    with pytest.raises(Invalid, match=f"^JIANDING_{setting}: 地址有误 · ."):
        main(["notification", "worker"])


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("CONNECTIONS", "0", "^JIANDING_CONNECTIONS：设置有误 · "),
        ("METRICS_FROM", "rubbish", "^JIANDING_METRICS_FROM: 地址有误 · "),
        ("CONECTIONS", "9", "^没有这些设置 · unknown settings: JIANDING_CONECTIONS$"),
    ],
)
def test_what_no_setting_can_be_is_refused_in_chinese_first(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
) -> None:
    monkeypatch.setenv("JIANDING_PORT", "0")
    monkeypatch.setenv(f"JIANDING_{setting}", value)
    with pytest.raises(Invalid, match=said):
        main(["notification", "api"])


async def test_passwords_that_will_not_do_are_refused_in_chinese_first() -> None:
    lacking = {name: password for name, password in PASSWORDS.items() if name != "plan"}
    with pytest.raises(Invalid, match=r"缺少密码 · lacks plan$"):
        await provision(read_settings(WholeSettings), lacking, server_users=False)
    with pytest.raises(Invalid, match=r"^密码少于 12 个字符 · .* plan "):
        await provision(read_settings(WholeSettings), PASSWORDS | {"plan": "short"}, server_users=False)


def test_the_management_address_keeps_odd_passwords() -> None:
    assert management_url("amqp://provision:a%40b%2F@rabbitmq/core") == "http://provision:a%40b%2F@rabbitmq:15672"


async def test_the_try_out_passwords_stay_on_this_machine() -> None:
    with pytest.raises(Invalid, match="make secrets"):
        await provision(read_settings(WholeSettings, url="https://jianding.example.org"), PASSWORDS, server_users=False)
    await provision(read_settings(WholeSettings, url="http://localhost:9000"), PASSWORDS, server_users=False)


async def test_a_password_for_nobody_is_refused(tmp_path: Path) -> None:
    """Every name becomes an account; one that was misspelt must not become a machine that may do much."""
    with pytest.raises(NotFound, match="nobody is neither a service nor `operator`"):
        await provision(read_settings(WholeSettings), PASSWORDS | {"nobody": "nobody-try-out"}, server_users=False)
    assert list(tmp_path.iterdir()) == [], "nothing was made"


def test_a_folder_that_cannot_hold_passwords_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Invalid, match="no password is given"):
        own_passwords(read_settings(WholeSettings, secrets=tmp_path / "file" / "passwords.json"))


def test_the_audit_of_all_services_is_not_asked_with_the_rights_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANDING_STORE", "mongodb://plan:hunter2@mongo:27017/jianding?authSource=jianding_plan")
    with pytest.raises(Invalid, match="docker compose run --rm provision audit verify") as raised:
        main(["audit", "verify"])
    assert "hunter2" not in str(raised.value)


def test_a_key_of_persons_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    settings = read_settings(WholeSettings, secrets=tmp_path / "var" / "passwords.json")
    keys = {person_key(with_person_key(settings)) for _ in range(2)}
    assert len(keys) == 1
    assert len(keys.pop()) > 40
    (place,) = (tmp_path / "var").iterdir()
    assert place.stat().st_mode & 0o777 == 0o600


def person_key(settings: Settings) -> str:
    return settings.of(ReportingSettings).person_key.get_secret_value()


def test_a_key_that_is_given_is_the_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JIANDING_PERSON_KEY", "a key of our own, long enough")
    settings = read_settings(WholeSettings)
    assert person_key(with_person_key(settings)) == "a key of our own, long enough"
    assert "long enough" not in f"{settings!r}"
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANDING_PERSON_KEY", "hunter2")
    with pytest.raises(Invalid, match="JIANDING_PERSON_KEY") as raised:
        read_settings(WholeSettings)
    assert "hunter2" not in str(raised.value)


def test_a_folder_that_cannot_hold_the_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Invalid, match="no key of persons is given"):
        with_person_key(read_settings(WholeSettings, secrets=tmp_path / "file" / "passwords.json"))


@pytest.mark.parametrize(
    ("key", "url", "published", "counts"),
    [
        ("person-key-try-out", "http://127.0.0.1:8000", "", True),
        ("person-key-try-out", "https://jianding.example.org", "", False),
        ("person-key-try-out", "http://127.0.0.1:8000", "0.0.0.0", False),
        ("a key of our own, long enough", "https://jianding.example.org", "0.0.0.0", True),
    ],
)
def test_a_key_that_everybody_knows_counts_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, key: str, url: str, published: str, counts: bool
) -> None:
    """It would have to be changed some day; without one the rest of a deployment of before still runs."""
    monkeypatch.setenv("JIANDING_PERSON_KEY", key)
    settings = read_settings(WholeSettings, url=url, published=published)
    assert person_key(without_known_key(settings)) == (key if counts else "")
