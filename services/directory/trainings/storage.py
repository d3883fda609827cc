"""What other nouns ask about training records."""

from __future__ import annotations

from datetime import date

from services.directory.trainings.training_record import VALID, TrainingRecord
from shared.keeping import repository
from shared.ports import Store


async def trained_until(store: Store, account: str) -> date | None:
    """The last day on which the account may write; for its token."""
    record = await repository.seek(store, TrainingRecord, account)
    return record.valid_until if record and record.state == VALID else None
