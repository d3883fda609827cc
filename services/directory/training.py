"""Training records (R2): whoever was not trained in the exam-affairs system reads and practises, but writes nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from shared import keeping
from shared.aggregate import Aggregate
from shared.ports import Kind, Store

VALID = "valid"


class TrainingRecord(Aggregate):
    """The latest training of one account. id: the account's; path: of the body it sat at when it was recorded."""

    KIND: ClassVar[str] = "training_record"
    SOURCE: ClassVar[str] = "/directory"

    state: str = VALID
    path: str
    certificate: str  # number of the training certificate
    passed_on: date
    valid_until: date
    recorded_by: str
    recorded_at: datetime
    marked: list[int] = Field(default_factory=list)  # reminder marks before valid_until (shared.deadline)


KIND = Kind(TrainingRecord.KIND, indexes=(("path",), ("valid_until",)))


async def trained_until(store: Store, account: str) -> date | None:
    record = await keeping.seek(store, TrainingRecord, account)
    return record.valid_until if record else None
