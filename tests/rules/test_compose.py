"""docker-compose.yml read as text, so that no YAML library and no Docker is needed."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from services.reporting.rosters.usecases.importing import CHECK, MEGABYTE
from services.runtime.catalogue import WholeSettings
from shared.settings import PREFIX
from shared.web.uploads import MOST_FILES
from tests.world.topology import SERVICES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
OURS = (*SERVICES, "certificate-producer", "notification-branches", "gateway", "provision")


def blocks(indent: str, text: str) -> dict[str, str]:
    """Mapping keys at this indentation → their text."""
    parts = re.split(rf"^{indent}([a-z][\w-]*):", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


CONTAINERS = blocks("  ", blocks("", TEXT)["services"])


def whole(name: str) -> str:
    """A service with the shared parts that it merges in."""
    text = CONTAINERS[name]
    for _ in range(3):
        anchors = re.findall(r"<<: \*(\w+)", text)
        text += "".join(part for part in blocks("", TEXT).values() if re.match(rf" &({'|'.join(anchors)})\b", part))
        text += "".join(CONTAINERS[one] for one in anchors if one != name and f": &{one}\n" in CONTAINERS.get(one, ""))
    return text


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_container_and_only_its_own_password(service: str) -> None:
    text = CONTAINERS[service]
    assert f"command: [{service}" in text
    variable = f"{service.upper()}_PASSWORD"
    assert f"JIANDING_BUS: amqp://{service}:${{{variable}:-{service}-try-out}}@rabbitmq/core" in text
    own = f"mongodb://{service}:${{{variable}:-{service}-try-out}}@mongo:27017/jianding?authSource=jianding_{service}"
    assert f"JIANDING_STORE: {own}\n" in text
    assert set(re.findall(r"\$\{(\w+_PASSWORD)", whole(service))) == {variable}


def test_provisioning_knows_every_password() -> None:
    known = re.findall(r"(\w+)=\$\{(\w+)_PASSWORD:-(\w+)-try-out\}", CONTAINERS["provision"])
    assert sorted(known) == sorted((name, name.upper(), name) for name in (*SERVICES, "operator"))


@pytest.mark.parametrize("administrator", ["MONGO_PASSWORD", "RABBITMQ_PASSWORD"])
def test_of_ours_only_those_who_need_them_have_the_passwords_of_administrators(administrator: str) -> None:
    """Whoever gets into a service gets no further than that service does."""
    holders = {name for name in CONTAINERS if f"${{{administrator}" in whole(name)}
    and_also = {"notification-branches"} if administrator == "RABBITMQ_PASSWORD" else set()
    assert holders == {"provision", administrator.partition("_")[0].lower()} | and_also


def test_queues_of_branch_centres_have_a_process_of_their_own() -> None:
    """Nobody gets into it by asking: it has no interface, and only its own password besides the administrator's."""
    text = CONTAINERS["notification-branches"]
    assert "command: [notification, branches]" in text
    assert set(re.findall(r"\$\{(\w+_PASSWORD)", whole("notification-branches"))) == {
        "NOTIFICATION_PASSWORD",
        "RABBITMQ_PASSWORD",
    }


@pytest.mark.parametrize("name", [*SERVICES, "certificate-producer", "notification-branches"])
def test_services_read_what_provisioning_left_for_all_and_only_provisioning_writes_it(name: str) -> None:
    """Only a database that makes no users has anything there."""
    assert "JIANDING_STORE_SHARED: /data/store/shared" in whole(name)
    mounted = re.findall(r"volumes: \[(.*?)\]", whole(name))[0]  # a container's own list takes the place of the shared
    assert '"store:/data/store:ro"' in mounted
    assert 'volumes: ["store:/data/store"]' in CONTAINERS["provision"]


def test_folders_of_the_image_that_become_volumes_belong_to_our_user_alone() -> None:
    image = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    mounted = set(re.findall(r'"(?:files|store):(/[\w/]+)', TEXT))
    (made,) = re.findall(r"install -d -o jianding -g jianding -m 0700 (.*)", image)
    assert set(made.split()) == mounted
    assert "\nUSER jianding\n" in image


@pytest.mark.parametrize("name", sorted({*OURS} - {"gateway"}))
def test_whoever_has_a_password_knows_where_the_ports_are_open(name: str) -> None:
    """Inside a container every service listens on 0.0.0.0; what counts is where the gateway is published."""
    assert "JIANDING_PUBLISHED: ${BIND:-127.0.0.1}\n" in whole(name)


def test_a_workbook_cannot_take_more_memory_than_its_container_has() -> None:
    """The child at its limit, uploads that wait in the temporary folder, the answer twice, and the service itself."""
    waiting = MOST_FILES * WholeSettings.model_fields["largest_upload_mb"].default * MEGABYTE
    needed = CHECK.memory + waiting + 2 * CHECK.answer + 128 * MEGABYTE
    assert "mem_limit: 1g" in CONTAINERS["reporting"]
    assert needed <= 1024 * MEGABYTE


def test_drawing_has_a_container_of_its_own_and_every_queue_one_that_takes_it() -> None:
    pattern = '"certificate.produce*"'
    assert f"command: [certificate, --not-queues, {pattern}]" in CONTAINERS["certificate"]
    assert f"command: [certificate, worker, --queues, {pattern}]" in CONTAINERS["certificate-producer"]


@pytest.mark.parametrize("name", OURS)
def test_containers_of_ours_are_confined(name: str) -> None:
    text = whole(name)
    for wanted in ("mem_limit:", "read_only: true", "cap_drop: [ALL]", "no-new-privileges", "stop_grace_period: 30s"):
        assert wanted in text, wanted


@pytest.mark.parametrize("name", sorted({*OURS, "rabbitmq", "mongo"} - {"provision"}))
def test_everything_that_stays_up_is_restarted_and_tells_its_health(name: str) -> None:
    text = whole(name)
    assert "restart: unless-stopped" in text
    assert "healthcheck:" in text


@pytest.mark.parametrize("name", sorted({*SERVICES, "certificate-producer", "notification-branches"}))
def test_services_wait_for_provisioning(name: str) -> None:
    assert "provision: {condition: service_completed_successfully}" in whole(name)


def test_ports_are_open_to_this_machine_only() -> None:
    ports = re.findall(r'ports: \["(.*)"\]', TEXT)
    assert TEXT.count("ports:") == len(ports) == 2
    assert [port for port in ports if not port.startswith(("127.0.0.1:", "${BIND:-127.0.0.1}:"))] == []
    assert [name for name in CONTAINERS if "${BIND:-127.0.0.1}:" in CONTAINERS[name]] == ["gateway"]


def test_images_come_from_no_registry_of_ours() -> None:
    images = {image.partition(" ")[0] for image in re.findall(r"image: (\S+)", TEXT)}
    assert images == {
        "${IMAGE:-jianding:latest}",
        "rabbitmq:4-management",
        "mongo:8",
        "axllent/mailpit:latest",
    }


def test_letters_travel_unencrypted_to_the_mail_catcher_only() -> None:
    assert re.findall(r"smtp[^:\s}]*://[^}\s]+", re.sub(r"#.*", "", TEXT)) == ["smtp+plaintext://mailpit:1025"]


def test_only_settings_that_exist() -> None:
    named = {name.lower() for name in re.findall(rf"\b{PREFIX}([A-Z_]+)", TEXT)}
    assert named <= set(WholeSettings.model_fields)


def test_every_variable_is_explained() -> None:
    used = dict.fromkeys(re.findall(r"\$\{(\w+)", TEXT))
    assert [name for name in used if not re.search(rf"^#?{name}=", EXAMPLE, re.MULTILINE)] == []
    explained = re.findall(r"^#?(\w+)=", EXAMPLE, re.MULTILINE)
    assert [name for name in explained if name not in used] == []


def test_only_reporting_has_the_key_of_persons() -> None:
    assert [name for name in CONTAINERS if "PERSON_KEY:-" in whole(name)] == ["reporting"]


def test_secrets_of_an_earlier_release_get_what_they_lack_and_keep_the_rest(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(EXAMPLE, encoding="utf-8")
    earlier = "OPERATOR_PASSWORD=kept-as-it-is\nURL=https://example.org"
    (tmp_path / ".env").write_text(earlier, encoding="utf-8")
    command = [sys.executable, str(ROOT / "deploy" / "make_secrets.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    made = (tmp_path / ".env").read_text(encoding="utf-8")
    assert re.fullmatch(rf"{re.escape(earlier)}\nPERSON_KEY=[\w-]{{32}}\nWEBHOOK_KEY=[\w-]{{32}}\n", made)
    assert "lacks nothing" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert (tmp_path / ".env").read_text(encoding="utf-8") == made


def test_fresh_secrets_are_random_private_and_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(EXAMPLE, encoding="utf-8")
    command = [sys.executable, str(ROOT / "deploy" / "make_secrets.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    made = (tmp_path / ".env").read_text(encoding="utf-8")
    passwords = re.findall(r"^[A-Z]+_PASSWORD=([\w-]{32})$", made, re.MULTILINE)
    assert len(set(passwords)) == len(SERVICES) + 3
    assert "-try-out" not in "".join(passwords)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert re.search(r"^PERSON_KEY=[\w-]{32}$", made, re.MULTILINE)
    assert re.search(r"^WEBHOOK_KEY=[\w-]{32}$", made, re.MULTILINE)
    again = subprocess.run(command, check=False, capture_output=True)
    assert again.returncode == 0, "nothing was missing, so nothing went wrong"
    assert (tmp_path / ".env").read_text(encoding="utf-8") == made


def test_the_runbook_names_every_volume_and_backs_up_those_it_says() -> None:
    """A volume that nobody lists is one that nobody has a copy of."""
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    section = page.partition("### Containers\n")[2].partition("\n##")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", section, re.MULTILINE))
    assert sorted(listed) == sorted(re.findall(r"^  (\w+):$", TEXT.partition("\nvolumes:\n")[2], re.MULTILINE))
    copied = [set(names.split()) for names in re.findall(r"^for v in (.*); do$", section, re.MULTILINE)]
    assert copied == 2 * [{name for name, said in listed.items() if not said.startswith("no")}]
