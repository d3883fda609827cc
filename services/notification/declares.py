"""What notification declares: its collections."""

from __future__ import annotations

from services.notification.mailings.mailing import Mailing
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Kind

KINDS: tuple[Kind, ...] = (
    Kind(Mailing.KIND, indexes=(("path", "planned_at"), ("subject_of", "letter"), ("state", "planned_at"))),
    *local_copies.kinds(BodyRegistered),
)
