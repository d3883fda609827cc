"""What a body does not know of at first: an inspection until it was performed, a violation or a sanction until it was
confirmed (R2). The Centre knows of everything: nobody stands above it who could keep something from it."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from shared.keeping.aggregate import Aggregate
from shared.trade.body_path import BodyPath


class DisclosedLater(Aggregate):
    """path, body: of the body concerned. disclosed: the body may know of it; stored as `told`, as it was from the first."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    body: str
    path: str
    disclosed: bool = Field(default=False, validation_alias="told", serialization_alias="told")

    def is_hidden_from(self, body: str) -> bool:
        """Whether a body on whose path it lies may not know of it yet: only the one that it concerns."""
        return not self.disclosed and body == self.body and not BodyPath.read(self.path).is_centre

    @property
    def begun_at(self) -> str:
        """Body of whoever planned, raised or proposed it; empty where it was found by itself."""
        return self.history[0].body if self.history else ""

    @property
    def audit_path(self) -> str:
        """As long as the body may not know, its own auditors do not read of it either: only those at or above the place
        of whoever began it, which is above the body. What found it by itself sits nowhere: those right above."""
        above = BodyPath(BodyPath.read(self.path).above)
        if self.disclosed or not above.codes:
            return self.path
        return str(above.upto(self.begun_at) if self.begun_at in above.codes else above)
