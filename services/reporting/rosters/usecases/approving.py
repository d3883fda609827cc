"""What an approval of a roster looks at besides the roster itself: its lines, page by page."""

from __future__ import annotations

from services.reporting.rosters.roster import Roster
from shared.ports import Store
from shared.procedure.exceptions import Needed


async def needed(store: Store, roster: Roster) -> list[Needed]:
    """Everything that the Centre may let through with a reason, found anew. Raises Invalid for what nobody may."""
    return roster.needs
