"""Documentation that the code can check: events, settings, commands, both READMEs, and words that must not be here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from services.runtime.catalogue import WholeSettings
from services.runtime.documents import documents, meaning_of
from shared.contracts import FACTS
from tests.world.topology import TOPOLOGY

ROOT = Path(__file__).parents[2]
README, README_ZH = (ROOT / name for name in ("README.md", "README.zh-CN.md"))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def in_both_languages(text: str) -> bool:
    """Chinese first."""
    chinese, between, english = text.partition(" · ")
    return bool(re.search(r"[\u4e00-\u9fff]", chinese) and between and re.search(r"[a-z]", english))


@pytest.mark.parametrize(("path", "text"), documents(ROOT).items(), ids=lambda value: getattr(value, "name", ""))
def test_what_is_made_from_the_code_is_up_to_date(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "make docs"


@pytest.mark.parametrize("type_", FACTS)
def test_every_field_of_an_event_is_explained(type_: str) -> None:
    assert in_both_languages(FACTS[type_].ABOUT) and in_both_languages(FACTS[type_].SUBJECT)
    assert [name for name, field in FACTS[type_].model_fields.items() if not in_both_languages(meaning_of(field))] == []


def test_every_setting_is_explained() -> None:
    assert [
        name for name, field in WholeSettings.model_fields.items() if not in_both_languages(field.description or "")
    ] == []


def test_the_glossary_knows_the_nouns_of_the_facts_and_of_the_architecture() -> None:
    words = set(re.findall(r"[a-z]+(?: [a-z]+)?", read("docs/glossary.md")))
    nouns = {noun.replace("_", " ") for owned in TOPOLOGY.owners.values() for noun in owned}
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
