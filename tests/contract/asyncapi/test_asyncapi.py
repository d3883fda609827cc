"""The AsyncAPI document says what is sent: every reference leads somewhere, every example fits, and it is AsyncAPI."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
import shutil
import subprocess
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import services
from services.notification.feeds import signals
from services.notification.feeds.signals import Heartbeat, Signal
from services.runtime.asyncapi.document import SIGNALS, document, read_facts, references
from shared.contracts import FACTS
from tests.world.engines import do_without
from tests.world.published import must_be_published
from tests.world.sharing import Once

ROOT = Path(__file__).parents[3]
DOCUMENT = document()
TOLD = {type_ for type_, fact in FACTS.items() if fact.READERS}
HEARTBEAT, PING = "feed.heartbeat.v1", "webhook.ping.v1"
SENT = TOLD | {HEARTBEAT, PING}
VALIDATORS = (jsonschema_rs.Draft7Validator, jsonschema_rs.Draft202012Validator)
"""AsyncAPI's own schemas are a superset of the older one; what pydantic writes is the newer."""


def resolved(whole: Any, reference: str) -> Any:
    """Raises KeyError, ValueError."""
    if not reference.startswith("#/"):
        raise ValueError(f"{reference} leads out of the document")
    for part in reference[2:].split("/"):
        whole = whole[part]
    return whole


def broken(whole: Any) -> list[str]:
    """References that lead nowhere."""
    found = []
    for reference in sorted(set(references(whole))):
        try:
            resolved(whole, reference)
        except (KeyError, ValueError):
            found.append(reference)
    return found


def payload_of(type_: str, validator: Any) -> Any:
    message = DOCUMENT["components"]["messages"][type_]
    return validator({**message["payload"], "components": DOCUMENT["components"]})


def test_every_reference_leads_somewhere() -> None:
    assert len(set(references(DOCUMENT))) > len(TOLD)
    assert broken(DOCUMENT) == []
    assert "$defs" not in json.dumps(DOCUMENT)
    planted = copy.deepcopy(DOCUMENT)
    del planted["components"]["schemas"]["roster.approved.v1"]
    assert broken(planted) == ["#/components/schemas/roster.approved.v1"]


def test_a_message_for_every_fact_that_somebody_reads_and_for_no_other() -> None:
    assert {fact.TYPE for fact in read_facts()} == TOLD
    assert set(DOCUMENT["components"]["messages"]) == SENT
    assert set(FACTS) - TOLD
    sent = {name: set(channel["messages"]) for name, channel in DOCUMENT["channels"].items()}
    assert sent == {"feed": TOLD, "queue": TOLD | {HEARTBEAT}, "webhook": SENT}


def test_every_signal_that_a_service_has_is_in_the_document() -> None:
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if module.name.startswith("services.notification."):
            importlib.import_module(module.name)
    assert set(Signal.__subclasses__()) == set(SIGNALS)
    assert {signal.TYPE for signal in SIGNALS} == {HEARTBEAT, PING}


@pytest.mark.parametrize("way", ["feed", "queue", "webhook"])
def test_whoever_receives_in_tests_notices_what_the_document_does_not_name(way: str) -> None:
    entry = DOCUMENT["components"]["messages"]["roster.approved.v1"]["examples"][0]["payload"]
    must_be_published(way, json.dumps(entry))
    planted = signals.written("x/planted", "x", datetime(2026, 1, 1, tzinfo=UTC), Heartbeat(feedlast=1))
    for wrong in (planted.replace(b"heartbeat", b"planted"), json.dumps({**entry, "data": {}}).encode()):
        with pytest.raises(AssertionError, match="AsyncAPI document"):
            must_be_published(way, wrong)


@pytest.mark.parametrize("validator", VALIDATORS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("type_", sorted(SENT - TOLD))
def test_every_example_of_a_signal_is_what_is_sent_and_has_no_number(type_: str, validator: Any) -> None:
    (example,) = DOCUMENT["components"]["messages"][type_]["examples"]
    told = example["payload"]
    assert "feednumber" not in told and told["data"]["feedlast"] == 17
    payload_of(type_, validator).validate(told)
    for spoilt in ({**told, "type": "cn.jianding.other.v1"}, {**told, "data": {}}, {**told, "id": None}):
        assert not payload_of(type_, validator).is_valid(spoilt), "the schema lets anything pass"


@pytest.mark.parametrize("validator", VALIDATORS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("type_", sorted(TOLD))
def test_every_example_is_an_entry_of_its_type(type_: str, validator: Any) -> None:
    (example,) = DOCUMENT["components"]["messages"][type_]["examples"]
    told = example["payload"]
    payload_of(type_, validator).validate(told)
    assert told["id"].endswith(f"/{told['feednumber']}") and told["factid"].startswith(told["source"])
    for spoilt in ({**told, "type": "cn.jianding.other.v1"}, {**told, "data": {}}, {**told, "feednumber": 0}):
        assert not payload_of(type_, validator).is_valid(spoilt), "the schema lets anything pass"


# --- the official schema ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def official(once: Once) -> Any:
    """The schema that the makers of AsyncAPI publish, in the release that package-lock.json pins."""
    if shutil.which("npm") is None:
        do_without("Node.js", "the AsyncAPI document was not held against the official schema: there is no npm")

    def fetch(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(Path(__file__).with_name(name), folder)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)

    try:
        folder = once("asyncapi", fetch)
    except (subprocess.SubprocessError, OSError) as error:
        do_without("@asyncapi/specs", f"the AsyncAPI document was not held against the official schema: {error}")
    schema = folder / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
    return jsonschema_rs.Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))


def test_it_is_asyncapi(official: Any) -> None:
    assert [f"{error.instance_path}: {error.message}"[:300] for error in official.iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("channels/feed/address", 5),
        ("operations/readFeed/action", "publish"),
        ("asyncapi", "3.9.9"),
        ("info/title", None),
    ],
)
def test_the_official_schema_looks_closely(official: Any, where: str, wrong: Any) -> None:
    planted = copy.deepcopy(DOCUMENT)
    *way, last = where.split("/")
    (resolved(planted, "#/" + "/".join(way)) if way else planted)[last] = wrong
    assert not official.is_valid(planted)


# --- the page -----------------------------------------------------------------------------------------------------------


class _Looked(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.tags: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.add(value or "")
            elif name == "href":
                self.links.add(value or "")
            elif name in ("src", "srcset", "data", "action"):
                self.loads.append(value or "")


def test_the_page_shows_every_event_and_fetches_nothing() -> None:
    page = (ROOT / "docs" / "asyncapi.html").read_text(encoding="utf-8")
    looked = _Looked()
    looked.feed(page)
    assert looked.ids == SENT and looked.links == {f"#{type_}" for type_ in SENT}
    assert not looked.tags & {"script", "link", "iframe", "img", "object"} and looked.loads == []
    assert not [word for word in ("@import", "url(", "@font-face") if word in page]
    about = {**{type_: FACTS[type_].ABOUT for type_ in TOLD}, **{signal.TYPE: signal.ABOUT for signal in SIGNALS}}
    for type_ in SENT:
        assert f"&#34;type&#34;: &#34;cn.jianding.{type_}&#34;" in page, "its example"
    assert [type_ for type_ in SENT if escape(about[type_].partition("`")[0].partition(" · ")[0]) not in page] == []
