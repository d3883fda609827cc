"""Where rosters are: in the interface, and as pages."""

from __future__ import annotations

from typing import Final

KIND: Final = "roster"
INTERFACE, HERE = "/reporting/rosters", "/rosters"
