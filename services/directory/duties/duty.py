"""The duties of the directory: their kind, and the rows of what is owed."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.directory import (
    DirectoryDutyMarked,
    DirectoryDutyOpened,
    DirectoryDutyReckoned,
    DirectoryDutySettled,
)
from shared.procedure.duties.duty import Duty, Facts, duty_words
from shared.register.duties import DutyRow
from shared.words import Words

TRAINING = DutyRow("training", "参加考务管理培训", "take the training in the exam-affairs system", "R2")
LICENCE = DutyRow("licence", "换领鉴定许可证", "have the licence renewed", "§4.1")
EXAMINER_CARD = DutyRow(
    "examiner_card",
    "为卡证到期的考评、督导人员办理续聘或注销",
    "renew or withdraw the cards of examiners and supervisors that end",
    "§4.3",
)
ANNUAL_RECTIFICATION = DutyRow(
    "annual_rectification", "完成年检整改", "rectify what the annual inspection found", "§4.1"
)
ROWS = (TRAINING, LICENCE, EXAMINER_CARD, ANNUAL_RECTIFICATION)


class DirectoryDuty(Duty):
    KIND: ClassVar[str] = "directory_duty"
    SOURCE: ClassVar[str] = "/directory"
    WORDS: ClassVar[Words] = duty_words(KIND, "名录办理任务", "duty of the directory")
    FACTS: ClassVar[Facts] = Facts(
        DirectoryDutyOpened, DirectoryDutyReckoned, DirectoryDutyMarked, DirectoryDutySettled
    )
