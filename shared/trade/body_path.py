"""Where a body stands in the tree: its own code and those above it, Centre first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class BodyPath:
    """`/49000001/49050001/49053012/` as codes. Bodies without a place (services, the operator) have none: `/`."""

    codes: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(tuple(code for code in text.split("/") if code))

    def __str__(self) -> str:
        return "/" + "".join(f"{code}/" for code in self.codes)

    @property
    def own(self) -> str:
        """The body itself; empty where there is none."""
        return self.codes[-1] if self.codes else ""

    @property
    def above(self) -> tuple[str, ...]:
        """Every body above, Centre first."""
        return self.codes[:-1]

    @property
    def right_above(self) -> str:
        """The body right above; empty for the Centre."""
        return self.codes[-2] if len(self.codes) > 1 else ""

    @property
    def centre(self) -> str:
        return self.codes[0] if self.codes else ""

    @property
    def branch(self) -> str | None:
        """The branch centre between the Centre and a station, if there is one."""
        return self.codes[1] if len(self.codes) == 3 else None

    @property
    def is_centre(self) -> bool:
        return len(self.codes) == 1

    def upto(self, code: str) -> BodyPath:
        """The place of a body at or above this one. Raises ValueError."""
        return BodyPath(self.codes[: self.codes.index(code) + 1])
