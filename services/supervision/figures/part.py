"""Which bodies are counted: all of them, or one with everything below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.keeping import placed
from shared.trade.body_path import BodyPath


@dataclass(frozen=True, slots=True)
class Part:
    """path: of the body at its top; the Centre's is the whole country."""

    path: str

    @property
    def top(self) -> str:
        return BodyPath.read(self.path).own

    @property
    def is_whole(self) -> bool:
        return BodyPath.read(self.path).is_centre

    @property
    def looked_up(self) -> Mapping[str, Any]:
        """How the store is asked for its documents: by path, so that the rest of the country is not read for one body."""
        return {} if self.is_whole else {"between": placed.below(self.path), "sort": "path"}

    def holds(self, path: str) -> bool:
        return path.startswith(self.path)
