"""Everything that services declare, in one place. What two of them claim is refused, never merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from shared.contracts.envelope import Fact
from shared.messaging.topology import Queue, Topology
from shared.register.access import MACHINERY, Row
from shared.register.declaration import Declaration
from shared.register.duties import facts_of_duties
from shared.register.letters import TO_PEOPLE, Letter

V = TypeVar("V")


class Claimed(ValueError):
    """The same key was declared twice: a fault in the code, found at the first start."""


def merged(what: str, parts: Iterable[Mapping[str, V]]) -> dict[str, V]:
    """One table of several. Raises Claimed for a key that stands in two of them."""
    table: dict[str, V] = {}
    for part in parts:
        twice = sorted(table.keys() & part.keys())
        if twice:
            raise Claimed(f"{what} declared twice: {', '.join(twice)}")
        table.update(part)
    return table


class Register:
    """Raises Claimed."""

    def __init__(self, declarations: Iterable[Declaration]) -> None:
        named = [(declaration.service, declaration) for declaration in declarations]
        self.declared = merged("service", ({name: declaration} for name, declaration in named))
        all_of_them = self.declared.values()
        self.facts: dict[str, type[Fact]] = merged(
            "fact", ({fact.TYPE: fact} for declaration in all_of_them for fact in declaration.facts)
        )
        self.owners = {declaration.service: declaration.nouns for declaration in all_of_them}
        merged("noun", ({noun: declaration.service} for declaration in all_of_them for noun in declaration.nouns))
        self.letters: dict[str, tuple[Letter, ...]] = merged(
            "letters of", (part for declaration in all_of_them for part in declaration.letters)
        )
        self.words = merged("words of", ({one.kind: one} for declaration in all_of_them for one in declaration.words))
        self.duties = merged("duty", ({one.what: one} for declaration in all_of_them for one in declaration.duties))
        self.titles = merged("title", (declaration.titles for declaration in all_of_them))
        self.templates = _templates(all_of_them)
        self.access: dict[str, Row] = merged("endpoint", (_access(declaration) for declaration in all_of_them))
        self._queues = tuple(chain.from_iterable(declaration.queues for declaration in all_of_them))
        merged("queue", ({queue.name: queue} for queue in self._queues))
        merged(
            "setting",
            (dict.fromkeys(declaration.settings.model_fields, declaration.service) for declaration in all_of_them),
        )

    @property
    def letters_to_people(self) -> frozenset[str]:
        return frozenset(
            letter.name for letters in self.letters.values() for letter in letters if letter.who in TO_PEOPLE
        )

    @property
    def papers(self) -> dict[str, str]:
        """Letter → where the paper is fetched that it brings along."""
        return {letter.name: letter.paper for letters in self.letters.values() for letter in letters if letter.paper}

    def letter_types(self, bulk: bool) -> tuple[str, ...]:
        """Of the facts that make such letters; some make both."""
        return tuple(
            type for type, letters in self.letters.items() if any(letter.is_bulk is bulk for letter in letters)
        )

    @property
    def feed_types(self) -> tuple[str, ...]:
        """Of the facts that somebody reads in a feed."""
        return tuple(type for type, fact in self.facts.items() if fact.READERS)

    @property
    def duty_types(self) -> tuple[str, ...]:
        """Of the facts of duties, whatever service keeps them."""
        return tuple(fact.TYPE for fact in facts_of_duties(self.facts.values()))

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self.declared)

    @property
    def interfaces(self) -> tuple[str, ...]:
        """Of the services, those that have an interface under their name; what has none has pages."""
        return tuple(name for name, declaration in self.declared.items() if declaration.access)

    @property
    def pages(self) -> str:
        """The one service that has pages for people, at all addresses that are nobody else's."""
        (name,) = set(self.services) - set(self.interfaces)
        return name

    def topology(self, producers: Iterable[str] = ()) -> Topology:
        """producers: institution codes of branch centres with queues of their own."""
        queues = [replace(queue, takes=self._takes(queue)) for queue in self._queues]
        lanes = [
            replace(queue, lane=code, in_lanes=False)
            for queue in queues
            if queue.in_lanes
            for code in sorted(producers)
        ]
        return Topology((*queues, *lanes), self.owners)

    def _takes(self, queue: Queue) -> tuple[str, ...]:
        if queue.makes_letters:
            return self.letter_types(bulk=queue.makes_letters == "bulk")
        if queue.fills_radar:
            return self.duty_types
        return self.feed_types if queue.fills_feeds else queue.takes


def rows_of(declaration: Declaration) -> dict[str, Row]:
    """Endpoint → who may, as the service itself knows its paths; none where there is no interface. Raises Claimed."""
    if not declaration.access:
        return {}
    return merged(f"endpoint of {declaration.service}", (MACHINERY, *declaration.access))


def _access(declaration: Declaration) -> dict[str, Row]:
    return {endpoint.replace(" ", f" /{declaration.service}", 1): row for endpoint, row in rows_of(declaration).items()}


def _templates(declarations: Iterable[Declaration]) -> dict[str, Path]:
    """Letter → its folder."""
    folders = (declaration.templates for declaration in declarations if declaration.templates is not None)
    return merged(
        "letter", ({path.name: path for path in sorted(folder.iterdir()) if path.is_dir()} for folder in folders)
    )
