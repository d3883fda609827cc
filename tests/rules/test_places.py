"""Every kind of document that carries the place of a body says whether it holds the body there: nobody has to remember a
list when a new one is declared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.runtime.catalogue import REGISTER, blueprint_of
from shared.keeping.aggregate import Aggregate
from shared.keeping.placed import holding
from shared.ports import Kind
from tests.world.topology import INTERFACES


def placed() -> dict[tuple[str, str], type[Aggregate]]:
    """(service, kind) of every document that has a path."""

    def below(kind: type[Aggregate]) -> Iterator[type[Aggregate]]:
        for narrower in kind.__subclasses__():
            yield narrower
            yield from below(narrower)

    for service in INTERFACES:
        blueprint_of(service)  # imports all of it
    return {
        (noun.SOURCE.strip("/"), noun.KIND): noun
        for noun in below(Aggregate)
        if noun.__module__.startswith("services.") and "SOURCE" in vars(noun) and "path" in noun.model_fields
    }


CENTRES_OWN = {("supervision", "bulletin")}
"""The Centre's place, which is never struck off: there is one Centre only."""
PLACED = sorted(placed().keys() - CENTRES_OWN)


def declared(service: str, kind: str) -> Kind:
    return next(one for one in REGISTER.declared[service].kinds if one.name == kind)


def test_the_walk_finds_documents() -> None:
    assert len(PLACED) > 18 and {service for service, _ in PLACED} == set(INTERFACES)


@pytest.mark.parametrize(("service", "kind"), PLACED, ids=["/".join(one) for one in PLACED])
def test_it_is_found_by_its_place_or_follows_what_is(service: str, kind: str) -> None:
    """Without an index by path it would be missed; `follows=True` says that something else keeps the body where it is."""
    one = declared(service, kind)
    assert one.follows or one in holding([one]), f"{kind}: an index that begins with path, or follows=True"


HOLD = {
    "certificate": ["production"],
    "directory": ["account", "body", "person"],
    "notification": [],
    "plan": ["annual_plan", "session_plan"],
    "reporting": ["roster"],
    "supervision": ["inspection", "sanction", "violation", "work_report"],
}
"""By hand."""


def test_what_holds_a_body_where_it_is() -> None:
    assert {name: sorted(kind.name for kind in holding(REGISTER.declared[name].kinds)) for name in INTERFACES} == HOLD
