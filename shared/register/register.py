"""Everything that services declare, in one place. What two of them claim is refused, never merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from shared.contracts.envelope import Fact
from shared.messaging.topology import Topology
from shared.register.access import MACHINERY, Row
from shared.register.declaration import Declaration
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
        named = [(one.service, one) for one in declarations]
        self.declared = merged("service", ({name: one} for name, one in named))
        all_of_them = self.declared.values()
        self.facts: dict[str, type[Fact]] = merged(
            "fact", ({fact.TYPE: fact} for one in all_of_them for fact in one.facts)
        )
        self.owners = {one.service: one.nouns for one in all_of_them}
        merged("noun", ({noun: one.service} for one in all_of_them for noun in one.nouns))
        self.letters: dict[str, tuple[Letter, ...]] = merged(
            "letters of", (part for one in all_of_them for part in one.letters)
        )
        self.titles = merged("title", (one.titles for one in all_of_them))
        self.templates = _templates(all_of_them)
        self.access: dict[str, Row] = merged("endpoint", (_access(one) for one in all_of_them))
        self._queues = tuple(chain.from_iterable(one.queues for one in all_of_them))
        merged("queue", ({queue.name: queue} for queue in self._queues))
        merged("setting", (dict.fromkeys(one.settings.model_fields, one.service) for one in all_of_them))

    @property
    def letters_to_people(self) -> frozenset[str]:
        return frozenset(one.name for letters in self.letters.values() for one in letters if one.who in TO_PEOPLE)

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self.declared)

    def topology(self, producers: Iterable[str] = ()) -> Topology:
        """producers: institution codes of branch centres with queues of their own."""
        letters = tuple(self.letters)
        queues = [replace(queue, takes=letters) if queue.makes_letters else queue for queue in self._queues]
        lanes = [
            replace(queue, lane=code, in_lanes=False)
            for queue in queues
            if queue.in_lanes
            for code in sorted(producers)
        ]
        return Topology((*queues, *lanes), self.owners)


def rows_of(one: Declaration) -> dict[str, Row]:
    """Endpoint → who may, as the service itself knows its paths. Raises Claimed."""
    return merged(f"endpoint of {one.service}", (MACHINERY, *one.access))


def _access(one: Declaration) -> dict[str, Row]:
    return {endpoint.replace(" ", f" /{one.service}", 1): row for endpoint, row in rows_of(one).items()}


def _templates(declarations: Iterable[Declaration]) -> dict[str, Path]:
    """Letter → its folder."""
    folders = (one.templates for one in declarations if one.templates is not None)
    return merged(
        "letter", ({path.name: path for path in sorted(folder.iterdir()) if path.is_dir()} for folder in folders)
    )
