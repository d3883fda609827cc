"""Who keeps the duties of the directory."""

from __future__ import annotations

from services.directory.duties.duty import ANNUAL_RECTIFICATION, LICENCE, DirectoryDuty
from services.directory.duties.examiner_card import ExaminerCardOwing
from services.directory.duties.standing import StandingOwing, annual_rectification_of, licence_of
from services.directory.duties.training import TrainingOwing
from services.directory.settings import DirectorySettings
from shared.outside import Ports
from shared.procedure.duties.keeper import DutyKeeper
from shared.procedure.duties.owing import Owing
from shared.trade.ladder import Ladder


def duties(ports: Ports) -> DutyKeeper:
    store, settings = ports.store, ports.settings.of(DirectorySettings)
    rectification = Ladder.read(settings.annual_rectification_ladder)
    each: list[Owing] = [
        TrainingOwing(store, Ladder.read(settings.training_ladder)),
        ExaminerCardOwing(store, Ladder.read(settings.examiner_card_ladder)),
        StandingOwing(LICENCE, Ladder.read(settings.licence_ladder), store, licence_of),
        StandingOwing(ANNUAL_RECTIFICATION, rectification, store, annual_rectification_of),
    ]
    return DutyKeeper(store, ports.clock, ports.calendar, DirectoryDuty, each)
