"""A line that was approved, or is just being approved, under the hash of its person, occupation and level."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Holder(BaseModel):
    """One line that holds the hash. import_id: of the lines it was found in; a roster with other lines since holds it no
    more."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    roster: str
    n: int
    import_id: str


class Claim(BaseModel):
    """Everything that holds one hash: more than one where the Centre made an exception, or earlier releases did not look."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    holders: list[Holder]

    def held_by(self, holder: Holder) -> bool:
        return any((one.roster, one.import_id) == (holder.roster, holder.import_id) for one in self.holders)

    def others(self, roster: str) -> list[Holder]:
        return [one for one in self.holders if one.roster != roster]


class CertifiedBefore(BaseModel):
    """A line of a roster whose person holds this level of this occupation already, and where that is to be looked up.

    pending: the other roster is just being approved itself, or was left in the middle of that."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    n: int = Field(ge=1)
    roster: str
    body: str
    pending: bool = False

    @property
    def rule(self) -> str:
        """Under which the Centre gives its reason."""
        return f"certified_before/{self.n}"

    @property
    def sentence(self) -> str:
        where = f"名册 {self.roster}，机构 {self.body}"
        there = f"roster {self.roster} of body {self.body}"
        if self.pending:
            return (
                f"第 {self.n} 行：此人的同一职业、等级正在 {where} 中批准，请先办结该名册 · line {self.n}: the same person, "
                f"occupation and level is being approved in {there}; decide that one first"
            )
        return (
            f"第 {self.n} 行：此人已取得同一职业、等级的证书（{where}） · line {self.n}: this person is certified in this "
            f"occupation and level already ({there})"
        )
