"""What reporting declares: its collections."""

from __future__ import annotations

from services.reporting.foreign_numbers.foreign_number import ForeignNumberFind
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.storage import LINES
from services.reporting.sessions.storage import VOIDED_SESSIONS
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import SessionPlanApproved
from shared.keeping import local_copies
from shared.ports import Kind
from shared.procedure import windup

KINDS: tuple[Kind, ...] = (
    Kind(Roster.KIND, indexes=(("path",), ("body",))),
    Kind(LINES, indexes=(("import_id", "page", "n"),)),
    Kind(ForeignNumberFind.KIND, indexes=(("path",),)),
    Kind(VOIDED_SESSIONS),
    windup.KIND,
    *local_copies.kinds(BodyRegistered, SessionPlanApproved),
)
