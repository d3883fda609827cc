"""How letters look: each with sample data on a page of ours, and with a link to the document that it is about."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from services.notification.letters.letter import LetterWriter
from services.notification.main import build
from services.notification.previews.samples import samples
from services.runtime.catalogue import REGISTER
from shared.register.letters import TO_PEOPLE
from shared.register.pages import PAGES, document_of_duty, page_of
from shared.web.edge.headers import security_headers
from tests.world.empty import empty_house

SITE = "https://certificates.example.org"
WRITER = LetterWriter(REGISTER.templates.values())
SAMPLES = samples(REGISTER, WRITER, SITE)
CLASSES = set(
    re.findall(r"^\.([a-z-]+) ", Path("shared/web/static/letter.css").read_text(encoding="utf-8"), re.MULTILINE)
)


def test_there_is_a_sample_of_every_letter() -> None:
    assert set(SAMPLES) == set(REGISTER.templates)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_letter_has_what_a_letter_of_an_office_has(name: str) -> None:
    values = SAMPLES[name]
    _, text, html = WRITER.render(name, values)
    for part in (text, html):
        assert f"{values['to_zh']}：" in part, "whom it is to"
        assert values["issuer_zh"] in part and values["issuer_en"] in part, "whose it is"
        assert "二〇二六年四月三日" in part and "3 April 2026" in part, "and of which day"
    lines = [line for line in text.splitlines() if line.strip()]
    assert lines[0].endswith("：") or lines[1].endswith("："), "a document number at most stands before"
    assert "<" not in text and "{" not in text
    assert "class=" not in html and "<link" not in html, "mail programs read no style sheets"
    assert not re.search(r"src=|url\(|@import", html), "nothing is loaded from anywhere"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_page_has_nothing_inside_that_our_headers_forbid(name: str) -> None:
    page = WRITER.page(name, SAMPLES[name], "../static/letter.css")
    assert "style=" not in page and "<style" not in page and "<script" not in page
    assert set(re.findall(r'class="([^"]+)"', page)) <= CLASSES


def letters_about_documents() -> list[tuple[str, str]]:
    """(noun, letter) pairs of letters to offices."""
    return sorted(
        {
            (type.split(".")[0], letter.name)
            for type, letters in REGISTER.letters.items()
            for letter in letters
            if letter.who not in TO_PEOPLE
        }
    )


@pytest.mark.parametrize(("noun", "name"), letters_about_documents())
def test_every_letter_about_a_document_leads_to_it(noun: str, name: str) -> None:
    values = SAMPLES[name]
    assert noun in PAGES or "what" in values, "a row in shared/register/pages.py is missing"
    _, text, html = WRITER.render(name, values)
    assert text.count(values["page"]) >= 2, "for readers of both languages"
    assert f'href="{values["page"]}"' in html
    if noun in PAGES and "what" not in values:
        assert values["page"].startswith(tuple(f"{SITE}{page.partition('{')[0]}" for page in PAGES.values()))


def test_a_link_opens_the_very_page() -> None:
    assert page_of(SITE, "annual_plan", "49053012-2026") == f"{SITE}/annual-plans/49053012-2026"
    assert page_of(SITE + "/", "roster", "r 1/2") == f"{SITE}/rosters/r%201%2F2"
    assert page_of(SITE, "of_a_later_release", "x") == f"{SITE}/"


@pytest.mark.parametrize("what", sorted(set(REGISTER.duties) - {"training"}))  # which a person is asked for
def test_every_duty_leads_to_the_document_that_is_acted_on(what: str) -> None:
    noun, id = document_of_duty(what, "49053012-2026-001", "49053012")
    assert noun in PAGES, "a row in shared/register/pages.py is missing"
    assert id == ("49053012" if noun == "body" else "49053012-2026-001")


@pytest.mark.parametrize(("noun", "name"), letters_about_documents())
def test_the_subject_says_whose_matter_it_is(noun: str, name: str) -> None:
    """Not by a number alone; whom it concerns needs no name of its own."""
    values = SAMPLES[name]
    subject, _, _ = WRITER.render(name, values)
    whose = values.get("concerns_zh") or values.get("unit_zh")
    if values["to_zh"] not in (whose, values.get("unit_zh")) and not name.startswith(("bulletin", "sanction-waits")):
        assert whose in subject


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_address_that_somebody_typed_is_no_link(name: str) -> None:
    bad = 'https://evil.example.org/x" onclick="y'
    values = {**SAMPLES[name], "reason": bad}
    _, _, html = WRITER.render(name, values)
    assert "evil" not in re.sub(r">[^<]*<", "><", html)


async def test_nobody_comes_in_without_a_token() -> None:
    house = empty_house()
    transport = httpx.ASGITransport(app=build(house).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        assert (await client.get("/letters/approved")).status_code == 401
        style = await client.get("/static/letter.css")
    assert (style.status_code, style.headers["content-type"].split(";")[0]) == (200, "text/css")
    assert "style-src 'self'" in security_headers("text/html")["Content-Security-Policy"]
