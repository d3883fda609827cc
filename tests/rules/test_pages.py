"""The pages of the console by what they are made of: each stands in the menu, has its help, and asks no more of a browser than
one of 2022 can do (docs/decisions/0056)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from services.console.entry import PUBLIC
from services.console.main import HTMX
from services.console.menu import MENU, pages_of
from services.runtime.catalogue import REGISTER, blueprint_of
from tests.world.empty import empty_house

CONSOLE = Path(__file__).parents[2] / "services" / "console"
TEMPLATES = sorted(CONSOLE.rglob("*.html"))
STATIC = sorted((CONSOLE / "static").iterdir())
PAGES = pages_of(MENU)
FILES = {"GET /static/htmx.js"}
"""Open to every browser, and no pages."""

FILE = re.compile(r"^GET .*(\.\w+$|/print-files/)")
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|https?://", re.IGNORECASE)
"""What the policy of pages forbids, or leads elsewhere."""
HANDED_ON = re.compile(r"more='[^']*\"")
"""A quotation mark that a template hands to another is text there: `inputmode="numeric"` would be a kind of keyboard with marks
around its name, which no telephone has."""

NEWER = {
    "css": (
        r":has\(", r"@container", r"@layer", r"@scope", r"@starting-style", r"@property", r"@view-transition",
        r"color-mix\(", r"light-dark\(", r"oklch\(", r"\d[dsl]v[hwib]\b", r"\d[dsl]v(min|max)\b", r"text-wrap\b",
        r"inset-area", r"position-area", r"anchor-name", r"subgrid", r"interpolate-size", r"field-sizing",
        r":user-(in)?valid", r":popover-open", r"animation-timeline", r"\{[^{}@]*\n?\s*&",
    ),
    "js": (
        r"\.toSorted\(", r"\.toReversed\(", r"\.toSpliced\(", r"\.with\(", r"(Object|Map)\.groupBy", r"\.findLast",
        r"Array\.fromAsync", r"Promise\.(withResolvers|try)\b", r"\.isSubsetOf\(", r"\bSet\b.*\.(union|intersection)\(",
        r"URL\.(canParse|parse)\(", r"startViewTransition", r"showPopover|togglePopover", r"checkVisibility",
        r"\bnavigation\.", r"Intl\.DurationFormat", r"Iterator\.", r"/[a-z]*v[a-z]*[.,;)]", r"setHTML", r"\busing \w+ =",
    ),
    "html": (
        r"\spopover\b", r"\spopovertarget", r"\scommandfor", r"\sinert\b", r"shadowrootmode", r"<search\b",
        r"<details[^>]*\sname=", r"<selectedcontent", r"\sblocking=", r"\sfetchpriority=", r"<dialog[^>]*\sclosedby",
    ),
}  # fmt: skip
"""What Chromium learned after version 100 (March 2022), as it is written. 360, QQ and other browsers of this country stand on
one not much newer."""
COMMENT = re.compile(r"/\*.*?\*/|\{#.*?#\}|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
MOST_SCRIPT, MOST_OWN_SCRIPT, MOST_LOADED = 60_000, 10_000, 150_000
"""Bytes as they lie; what travels is less."""


def routes_of(routes: list[BaseRoute]) -> Iterator[str]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in route.methods)
        elif hasattr(route, "effective_candidates"):
            for candidate in route.effective_candidates():
                yield from (f"{method} {candidate.path}" for method in candidate.methods)


@pytest.fixture(scope="module")
def app():  # type: ignore[no-untyped-def]
    return blueprint_of("console").build(empty_house()).app


def test_every_route_stands_in_exactly_one_entry(app) -> None:  # type: ignore[no-untyped-def]
    served = Counter(routes_of(app.routes))
    assert served, "no routes were found: the test tests nothing"
    assert served.keys() - FILES == PAGES.keys()
    assert {route for route, times in served.items() if times > 1} == set()


def test_every_file_names_the_page_of_its_link() -> None:
    """Whoever has to sign in for it comes back there. With `download` in the link the page of the sign-in would be the file."""
    files = {page for route, (_, page) in PAGES.items() if FILE.search(route)}
    assert len(files) > 7
    assert {page.route for page in files if f"GET {page.linked_at}" not in PAGES} == set()
    assert [
        path.name for path in TEMPLATES if re.search(r"<a[^>]*\sdownload\b", path.read_text(encoding="utf-8"))
    ] == []


def test_every_page_asks_for_what_the_access_table_knows() -> None:
    assert {page.asks for _, page in PAGES.values()} - {PUBLIC} <= REGISTER.access.keys()


def test_names_of_entries_are_those_of_their_folders() -> None:
    assert len({entry.name for entry in MENU}) == len(MENU)
    assert [entry.name for entry in MENU if not (CONSOLE / entry.name / "entry.py").is_file()] == []


def test_whoever_sees_an_entry_may_open_it() -> None:
    """The line of the menu opens the first page, which needs no number of anything."""
    for entry in MENU:
        method, _, path = entry.pages[0].route.partition(" ")
        assert method == "GET", entry.name
        assert not entry.shown or "{" not in path, entry.name


def test_every_page_has_its_help() -> None:
    names = {page.help or entry.name for entry, page in PAGES.values()} - {"help"}
    texts = {text.stem for text in (CONSOLE / "help" / "texts").glob("*.html")}
    assert names <= texts
    assert texts <= names, "a text that no page leads to"


@pytest.mark.parametrize("template", TEMPLATES, ids=[str(one.relative_to(CONSOLE)) for one in TEMPLATES])
def test_no_template_holds_what_the_policy_forbids(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    found = [line.strip() for line in COMMENT.sub("", text).splitlines() if INLINE.search(line)]
    assert found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=[str(one.relative_to(CONSOLE)) for one in TEMPLATES])
def test_attributes_that_are_handed_on_have_no_quotation_marks(template: Path) -> None:
    assert HANDED_ON.findall(template.read_text(encoding="utf-8")) == []


def newer(text: str, kind: str) -> list[str]:
    bare = COMMENT.sub("", text)
    return [found.group(0).strip() for pattern in NEWER[kind] for found in re.finditer(pattern, bare)]


@pytest.mark.parametrize("file", [*TEMPLATES, *STATIC], ids=lambda file: str(file.relative_to(CONSOLE)))
def test_nothing_is_newer_than_the_browsers_of_offices(file: Path) -> None:
    kind = file.suffix.removeprefix(".")
    if kind in NEWER:
        assert newer(file.read_text(encoding="utf-8"), kind) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("form:has(input) { color: red }", "css"),
        (".a { color: red;\n  & b { color: blue } }", "css"),
        ("main { min-height: 100dvh }", "css"),
        ("const a = [3, 1].toSorted();", "js"),
        ("const a = Object.groupBy(rows, (row) => row.state);", "js"),
        ('<div popover id="a">', "html"),
    ],
)
def test_what_is_newer_is_found(text: str, kind: str) -> None:
    assert newer(text, kind)


def test_scripts_are_small() -> None:
    own = sum(file.stat().st_size for file in STATIC if file.suffix == ".js")
    assert own <= MOST_OWN_SCRIPT
    assert own + Path(HTMX).stat().st_size <= MOST_SCRIPT


async def test_a_first_page_loads_little(app) -> None:  # type: ignore[no-untyped-def]
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        page = await client.get("/sign-in", headers={"Accept": "text/html"})
        assert page.status_code == 200
        loaded = len(page.content)
        parts = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page.text)
        assert len(parts) >= 3
        for address in parts:
            part = await client.get(address)
            assert part.status_code == 200, address
            loaded += len(part.content)
    assert loaded <= MOST_LOADED
