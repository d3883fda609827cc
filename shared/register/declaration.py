"""What one service declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.contracts.envelope import Fact
from shared.messaging.topology import Queue
from shared.ports import Kind
from shared.register.access import Access
from shared.register.duties import DutyRow
from shared.register.letters import Letters
from shared.settings import OwnSettings
from shared.words import Words


@dataclass(frozen=True, slots=True)
class Declaration:
    """service: its name, which is also its path, database and user. kinds: the collections it keeps. facts: what it
    publishes. access, letters: in parts, of which no two may have a key in common.

    words: of the nouns it keeps, for letters and pages. duties: what is owed by a day.

    titles: noun of a fact → what letters call it, Chinese and English. templates: folder of its own letters.
    settings: what it alone can be told."""

    service: str
    kinds: tuple[Kind, ...]
    facts: tuple[type[Fact], ...]
    access: tuple[Access, ...]
    queues: tuple[Queue, ...] = ()
    letters: tuple[Letters, ...] = ()
    words: tuple[Words, ...] = ()
    duties: tuple[DutyRow, ...] = ()
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    templates: Path | None = None
    settings: type[OwnSettings] = OwnSettings

    @property
    def nouns(self) -> tuple[str, ...]:
        """What its facts are about; the broker lets it write about nothing else."""
        return tuple(dict.fromkeys(fact.TYPE.split(".")[0] for fact in self.facts))

    @property
    def tells(self) -> bool:
        """Whether its documents have anything to send: facts, or acts for the audit chain. Documents have words; where there is
        neither, nothing waits for a relay."""
        return bool(self.facts or self.words)
