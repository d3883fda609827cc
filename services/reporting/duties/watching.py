"""Who keeps the duties of reporting."""

from __future__ import annotations

from services.reporting.duties.duty import ROWS, RosterDuty
from services.reporting.duties.session_roster import SessionRosterOwing
from services.reporting.rosters.roster import Roster
from services.reporting.settings import ReportingSettings
from shared.outside import Ports
from shared.procedure.duties.keeper import DutyKeeper
from shared.procedure.duties.owing import Owing
from shared.procedure.duties.review import reviews
from shared.trade.ladder import Ladder


def duties(ports: Ports) -> DutyKeeper:
    own = ports.settings.of(ReportingSettings)
    each: list[Owing] = [
        SessionRosterOwing(Ladder.read(own.roster_ladder), ports.store, ports.calendar, own.roster_days),
        *reviews(ports.store, ports.calendar, ports.settings, ROWS, roster=Roster),
    ]
    return DutyKeeper(ports.store, ports.clock, ports.calendar, RosterDuty, each)
