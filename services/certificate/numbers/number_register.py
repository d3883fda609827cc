"""The register of sequences: one document per (year, institution, level), as the numbering rule counts (rules §1.1)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from shared.errors import Refused
from shared.keeping.aggregate import Aggregate
from shared.words import Words

LAST = 99_999


class NumberRegister(Aggregate):
    """A roster is granted its block once and keeps it for ever: a repeated grant gives the same block, so a crash leaves
    no gap."""

    KIND: ClassVar[str] = "number_register"
    SOURCE: ClassVar[str] = "/certificate"
    WORDS: ClassVar[Words] = Words(
        "number_register", ("编号登记簿", "number register"), states={"open": ("使用中", "in use")}, verbs={}
    )

    state: str = "open"
    year: int
    institution: str
    level: int
    next: int = 1
    granted: dict[str, tuple[int, int]] = Field(default_factory=dict)  # roster → (first, count)

    def must_have_room(self, roster: str, count: int) -> None:
        """Raises Refused when the sequence is used up: it never wraps around."""
        if roster not in self.granted and self.next + count - 1 > LAST:
            raise Refused(
                f"{self.year} 年机构 {self.institution} 等级 {self.level} 的顺序号不足："
                f"需 {count} 个，余 {LAST - self.next + 1} 个；"
                f"须由中心决定 · {self.year} {self.institution} level {self.level}: {count} numbers wanted, "
                f"{LAST - self.next + 1} left of 00001-99999"
            )

    def grant(self, roster: str, count: int) -> tuple[int, bool]:
        """The first sequence of the roster's block, and whether it is new. Raises Refused."""
        if roster in self.granted:
            return self.granted[roster][0], False
        self.must_have_room(roster, count)
        first = self.next
        self.granted[roster] = (first, count)
        self.next += count
        return first, True
