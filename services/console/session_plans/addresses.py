"""Where session plans are asked for, and where their pages stand."""

from __future__ import annotations

from typing import Final

KIND: Final = "session_plan"
INTERFACE, HERE = "/plan/session-plans", "/session-plans"
