"""What a body does not know of at first: an inspection until it was performed, a violation or a sanction until it was
confirmed (R2)."""

from __future__ import annotations

from shared.keeping.aggregate import Aggregate


class Untold(Aggregate):
    """path, body: of the body concerned. told: the body may know of it."""

    body: str
    path: str
    told: bool = False

    @property
    def audit_path(self) -> str:
        """As long as the body may not know, its own auditors do not read of it either: only those at or above the place
        of whoever began it, which is above the body. What found it by itself sits nowhere: those right above."""
        above = self.path.strip("/").split("/")[:-1]
        if self.told or not above:
            return self.path
        began = self.history[0].body if self.history else ""
        reading = above[: above.index(began) + 1] if began in above else above
        return "/" + "/".join(reading) + "/"
