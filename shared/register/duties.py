"""What has to be done by a day, as its service declares it; what people read of it comes from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import Fact


@dataclass(frozen=True, slots=True)
class DutyRow:
    """what: its name, the same in facts, on the radar and in letters. zh, en: what is to be done. rule: where it stands."""

    what: str
    zh: str
    en: str
    rule: str


def facts_of_duties(facts: Iterable[type[Fact]]) -> list[type[Fact]]:
    """By what they are, not by name: those of a service that comes later are among them."""
    return [fact for fact in facts if issubclass(fact, (DutyOpened, DutyReckoned, DutyMarked, DutySettled))]


def kinds_with_duties(facts: Iterable[type[Fact]]) -> list[str]:
    """The collections in which a service that publishes these keeps its duties: called like the noun of their facts."""
    return [fact.TYPE.partition(".")[0] for fact in facts if issubclass(fact, DutyOpened)]
