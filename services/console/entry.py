"""Entries of the menu and their pages: values, of which `menu.py` is the one table."""

from __future__ import annotations

from dataclasses import dataclass

from shared.words import Pair

PUBLIC = ""
"""Instead of what a page asks: it is open to everybody."""


@dataclass(frozen=True, slots=True)
class Page:
    """route: method and path, as the application knows them. asks: the endpoint of a service's interface that it stands on, e.g.
    `GET /plan/annual-plans`: whoever may call that may open the page, so the access table rules pages too. help: the name of its
    help text, where it is not that of the entry. linked_at: of a file, the page where its link stands: a browser that fetches a
    file stays on the page it has."""

    route: str
    asks: str
    help: str = ""
    linked_at: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. name: of its folder. pages: the first is the one that the line opens. shown: whether it stands in
    the menu at all; public pages and those of the session do not."""

    name: str
    title: Pair
    pages: tuple[Page, ...]
    shown: bool = True

    @property
    def address(self) -> str:
        return self.pages[0].route.partition(" ")[2]


NOWHERE = (Entry("", ("", ""), (), shown=False), Page("", PUBLIC))
"""Of an address at which there is no page, or none that lets somebody in."""
