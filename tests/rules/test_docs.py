"""Documentation that the code can check: events, settings, commands, both READMEs, and words that must not be here."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.adapters.rabbitmq.definitions import definitions
from shared.contracts import FACTS
from shared.messaging import topology
from shared.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
README, README_ZH = (ROOT / name for name in ("README.md", "README.zh-CN.md"))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def section(type_: str) -> str:
    _, _, rest = read("docs/events.md").partition(f"### {type_}\n")
    return rest.partition("\n### ")[0]


@pytest.mark.parametrize("type_", FACTS)
def test_every_event_is_explained(type_: str) -> None:
    text = section(type_)
    assert text, f"docs/events.md has no section for {type_}"
    assert [field for field in FACTS[type_].model_fields if f"| `{field}` |" not in text] == []
    takers = [queue.name for queue in topology.queues() if type_ in queue.takes]
    assert [queue for queue in takers if f"`{queue}`" not in text] == []


def test_no_event_is_explained_that_does_not_exist() -> None:
    assert set(re.findall(r"^### (\S+)$", read("docs/events.md"), re.MULTILINE)) == set(FACTS)


def test_every_setting_is_documented_as_it_is() -> None:
    rows = [row for row in read("docs/settings.md").splitlines() if row.startswith(f"| `{PREFIX}")]
    assert rows == [_row(name) for name in Settings.model_fields]


def _row(name: str) -> str:
    """`<` is escaped: outside code, a page would take `<folder>` for a tag and show nothing."""
    field = Settings.model_fields[name]
    assert field.description, f"{name} has no description"
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    shown = "" if default in ("", None) else f"`{default}`"
    meaning = field.description.replace("|", "/").replace("<", "\\<")
    return f"| `{PREFIX}{name.upper()}` | {shown} | {meaning} |"


def test_the_glossary_knows_the_nouns_of_the_facts_and_of_the_architecture() -> None:
    words = set(re.findall(r"[a-z]+(?: [a-z]+)?", read("docs/glossary.md")))
    nouns = {noun.replace("_", " ") for owned in topology.OWNERS.values() for noun in owned}
    singular = {noun.removesuffix("s") for noun in nouns}
    assert (singular | {"fact", "feed", "seal", "mark", "lane", "line", "candidate"}) - words == set()


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for page in (README, README_ZH, ROOT / "CONTRIBUTING.md", ROOT / "docs/runbook.md"):
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= targets, page.name


def test_both_readmes_show_the_same_commands() -> None:
    def commands(page: Path) -> list[str]:
        blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]

    assert commands(README) == commands(README_ZH)


def test_every_link_inside_the_documents_leads_somewhere() -> None:
    for page in [README, README_ZH, *ROOT.glob("docs/**/*.md"), ROOT / "CONTRIBUTING.md"]:
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_definitions_of_the_broker_are_up_to_date() -> None:

    assert json.loads(read("deploy/rabbitmq/definitions.json")) == definitions(topology.queues()), "make definitions"


def test_no_file_names_a_registry_or_a_workplace() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    unwanted = re.compile(
        r"pypi\."
        + r"org|files\.python"
        + r"hosted|registry\.npm"
        + r"js|/wor"
        + r"k/|\.\./sha"
        + r"red/(tools|design|domain)"
    )
    allowed = {".ci/run"}
    for name in set(listed) - allowed:
        path = ROOT / name
        if path.suffix in {".xlsx", ".pdf", ".png"} or not path.exists():
            continue
        found = unwanted.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{name}: {found.group()}"
