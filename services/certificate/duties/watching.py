"""Who keeps the duties about certificates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from services.certificate.duties.duty import POSTING, PRODUCTION, RECEIPT, CertificateDuty
from services.certificate.duties.making import STAGES, StageOwing
from services.certificate.settings import CertificateSettings
from shared.outside import Ports
from shared.procedure.duties.keeper import DutyKeeper
from shared.trade.ladder import Ladder


def duties(ports: Ports) -> DutyKeeper:
    own = ports.settings.of(CertificateSettings)

    def working_days(number: int) -> Callable[[date], date]:
        return lambda since: ports.calendar.later(since, number)

    told = {
        PRODUCTION: (own.production_ladder, working_days(own.production_days)),
        POSTING: (own.posting_ladder, working_days(own.posting_days)),
        RECEIPT: (own.receipt_ladder, lambda since: since + timedelta(days=own.receipt_days)),
    }
    each = [StageOwing(stage, Ladder.read(told[stage.row][0]), ports.store, told[stage.row][1]) for stage in STAGES]
    return DutyKeeper(ports.store, ports.clock, ports.calendar, CertificateDuty, each)
