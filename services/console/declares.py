"""What the console keeps, and may be set. It has no facts and no interface of its own: its pages stand in `menu.py`."""

from __future__ import annotations

from services.console.sessions.storage import KIND
from services.console.settings import ConsoleSettings
from shared.register.declaration import Declaration

DECLARED = Declaration(service="console", kinds=(KIND,), facts=(), access=(), settings=ConsoleSettings)
