"""What people read is there in Chinese and in English, and says the same: headings, commands, tables, links, code."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from tests.rules.bilingual_pages import CODE, LINK, Section, anchors_of, links_of, sections_of

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    *(
        f"docs/{name}.md"
        for name in ("access", "branch-centres", "events", "glossary", "performance", "runbook", "settings")
    ),
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = re.compile(
    r"\b(Jianding|Docker|Compose|RabbitMQ|MongoDB|SQLite|Linux|macOS|Debian|Ubuntu|Python|Excel|WPS|LibreOffice|Cookie|"
    r"Noto( CJK)?|CloudEvents|OpenID Connect|Message-ID|ETag|STARTTLS|TLS|HTTP|PKCE|IPv[46]|PDF|JSON|GB|MB|KB|A4|"
    r"Apache-2\.0|(CONTRIBUTING|CHANGELOG)\.md|English|Training|R\d(\.\d)?)\b"
)
"""Names of products, formats and units, and numbers of rules: they are no words of the code."""
LATIN = re.compile(r"[A-Za-z]{2,}")
URL = re.compile(r"https?://\S+")
NO_PROSE = re.compile(r"^\[English\]\(|^\[中文\]\(|^\[结构\]\(")


def pair(page: str) -> tuple[list[Section], list[Section]]:
    english, chinese = ROOT / page, ROOT / page.replace(".md", ".zh-CN.md")
    return sections_of(english.read_text(encoding="utf-8")), sections_of(chinese.read_text(encoding="utf-8"))


def both(page: str) -> list[tuple[Section, Section]]:
    english, chinese = pair(page)
    assert [one.level for one in english] == [one.level for one in chinese], f"headings of {page}"
    return list(zip(english, chinese, strict=True))


def spans(text: str) -> Counter[str]:
    return Counter(set(CODE.findall(text)))


def is_code(cell: str) -> bool:
    return bool(CODE.sub("", cell).strip(" ,、") == "" and cell)


def test_every_page_has_its_other_language() -> None:
    written = {str(path.relative_to(ROOT)) for path in (*ROOT.glob("docs/*.md"), *ROOT.glob("README*.md"))}
    assert written == {*PAGES, *(page.replace(".md", ".zh-CN.md") for page in PAGES)}


@pytest.mark.parametrize("page", PAGES)
def test_the_first_line_below_the_title_leads_to_the_other_language(page: str) -> None:
    name = Path(page).name
    other = name.replace(".md", ".zh-CN.md")
    english, chinese = pair(page)
    assert LINK.findall(english[0].paragraphs[0][0]) == [other]
    assert LINK.findall(chinese[0].paragraphs[0][0]) == [name]


@pytest.mark.parametrize("page", PAGES)
def test_headings_paragraphs_and_items_stand_in_the_same_places(page: str) -> None:
    for english, chinese in both(page):
        shape = [(len(one.paragraphs), len(one.items), len(one.blocks), len(one.tables)) for one in (english, chinese)]
        assert shape[0] == shape[1], f"paragraphs, items, blocks, tables below “{english.title}”"


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_the_same(page: str) -> None:
    for english, chinese in both(page):
        assert english.blocks == chinese.blocks, english.title


@pytest.mark.parametrize("page", PAGES)
def test_tables_have_the_same_rows_and_the_same_code(page: str) -> None:
    for english, chinese in both(page):
        for ours, theirs in zip(english.tables, chinese.tables, strict=True):
            assert [len(row) for row in ours] == [len(row) for row in theirs], english.title
            for one, other in zip(chain(*ours), chain(*theirs), strict=True):
                assert not spans(one) - spans(other), f"{one} | {other}"
                assert not (is_code(one) and is_code(other)) or spans(one) == spans(other), f"{one} | {other}"


@pytest.mark.parametrize("page", PAGES)
def test_whatever_is_code_in_english_stands_in_the_chinese_section_too(page: str) -> None:
    for english, chinese in both(page):
        assert not spans(english.text()) - spans(chinese.text()), english.title


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_the_same_places(page: str) -> None:
    ways = []
    for path in (ROOT / page, ROOT / page.replace(".md", ".zh-CN.md")):
        text = path.read_text(encoding="utf-8")
        ways.append(Counter(links_of(text, path)[1:]))  # the first one leads to the other language
    assert ways[0] == ways[1]


@pytest.mark.parametrize("page", [one.replace(".md", ".zh-CN.md") for one in PAGES])
def test_chinese_is_chinese(page: str) -> None:
    for section in sections_of((ROOT / page).read_text(encoding="utf-8")):
        for lines in section.prose():
            if NO_PROSE.match(lines[0]):
                continue
            assert len(lines) == 1, f"a line break within a sentence shows as a blank: {lines}"
            assert CHINESE.search(lines[0]), lines
        for sentence in section.text().splitlines():
            if not CHINESE.search(sentence):
                continue  # code, a number, a name
            words = LATIN.findall(NAMES.sub("", URL.sub("", LINK.sub(_words, CODE.sub("", sentence)))))
            assert words == [], f"{words} in: {sentence}"


def _words(link: re.Match[str]) -> str:
    return link.group().partition("](")[0]


@pytest.mark.parametrize("page", [one for page in PAGES for one in (page, page.replace(".md", ".zh-CN.md"))])
def test_no_heading_is_there_twice(page: str) -> None:
    anchors = anchors_of((ROOT / page).read_text(encoding="utf-8"))
    assert [anchor for anchor, times in Counter(anchors).items() if times > 1] == []
