"""What is asked: by whom, when, and of which version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.actor import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """expected_version: of the document, as the caller read it; 0 where nothing is changed that was there before."""

    by: Actor
    at: datetime
    expected_version: int = 0
