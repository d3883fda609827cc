"""A page of documentation taken apart, so that its two languages can be held side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)$")
ITEM = re.compile(r"^(-|\d+\.) ")
COMMENT = re.compile(r"(^|\s+)#\s.*$")
MADE = "<!-- "


@dataclass
class Section:
    """From one heading to the next. Cells, items and paragraphs are lines of text as they are written."""

    level: int
    title: str
    blocks: list[str] = field(default_factory=list)
    """Code without its comments; of a diagram nothing but that it is one."""
    tables: list[list[list[str]]] = field(default_factory=list)
    items: list[list[str]] = field(default_factory=list)
    paragraphs: list[list[str]] = field(default_factory=list)

    def prose(self) -> Iterator[list[str]]:
        yield from self.items
        yield from self.paragraphs

    def text(self) -> str:
        cells = [cell for table in self.tables for row in table for cell in row]
        return "\n".join([self.title, *cells, *(" ".join(lines) for lines in self.prose())])


def sections_of(page: str) -> list[Section]:
    found: list[Section] = []
    fenced: list[str] | None = None
    kind, before = "", ""
    for line in page.splitlines():
        fence = FENCE.match(line)
        if fenced is not None:
            if fence:
                found[-1].blocks.append(_without_comments(kind, fenced))
                fenced = None
            else:
                fenced.append(line)
        elif fence:
            fenced, kind = [], fence.group(1)
        elif line.startswith("#"):
            marks, _, title = line.partition(" ")
            found.append(Section(len(marks), title))
        elif line.startswith("|"):
            _add_row(found[-1], line, new=not before.startswith("|"))
        elif line and not line.startswith(MADE):
            _add_prose(found[-1], line, new=not before or before.startswith(("#", "|", "```", MADE)))
        before = line
    return found


def _without_comments(kind: str, lines: list[str]) -> str:
    if kind == "mermaid":
        return kind
    told = (COMMENT.sub("", line).rstrip() for line in lines)
    return "\n".join([kind, *(line for line in told if line)])


def _add_row(section: Section, line: str, new: bool) -> None:
    if new:
        section.tables.append([])
    if not set(line) <= set("|- "):
        whole = re.sub(r"\\\|", "/", line).strip().removeprefix("|").removesuffix("|")
        section.tables[-1].append([cell.strip() for cell in whole.split("|")])


def _add_prose(section: Section, line: str, new: bool) -> None:
    if ITEM.match(line):
        section.items.append([ITEM.sub("", line)])
    elif new:
        section.paragraphs.append([line])
    elif line.startswith("  ") and section.items:
        section.items[-1].append(line.strip())
    else:
        section.paragraphs[-1].append(line)


def anchors_of(page: str) -> list[str]:
    """What `#…` links call the headings, one after the other."""
    return [_anchor(section.title) for section in sections_of(page)]


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def links_of(page: str, path: Path) -> list[str]:
    """Where links lead, in whichever language: a page by its English name, a heading by its place in the page."""
    pages = "\n".join(line for section in sections_of(page) for line in section.text().splitlines())
    return [_plain_target(target, page, path) for target in LINK.findall(pages)]


def _plain_target(target: str, page: str, path: Path) -> str:
    name, mark, anchor = target.partition("#")
    if target.startswith("http"):
        return target
    there = page if not name else (path.parent / name).read_text(encoding="utf-8") if mark else ""
    return f"{name.replace('.zh-CN.', '.')}{mark}{anchors_of(there).index(anchor) if mark else ''}"
