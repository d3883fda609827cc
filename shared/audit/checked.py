"""What a check of the audit found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """entry: `<body>#<number>` of the chain, or `<kind>/<id>#<row>` of a document's history."""

    entry: str
    what: str


@dataclass
class Checked:
    """What a walk over one service's chains saw."""

    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)
    """The first of each chain; and of documents those whose history does not fit."""

    def find(self, entry: str, what: str) -> None:
        self.findings.append(Finding(entry, what))

    def find_in_chain(self, chain: str, entry: str, what: str) -> None:
        """At most one of each chain: what comes after a broken link says nothing any more."""
        if not any(one.entry.startswith(f"{chain}#") for one in self.findings):
            self.find(entry, what)
