"""What becomes of a message whose handler failed: a pure function of the error's class and the attempts so far."""

from __future__ import annotations

from shared.errors import AppError, Refused, Unavailable, Unreadable
from shared.messaging.topology import WAITS
from shared.ports import Again, Done, Fate, Park

PAUSE_WAIT = "10s"


def verdict(error: Exception | None, attempt: int) -> Fate:
    """`attempt` counts the delayed retries already made (0 on first delivery)."""
    match error:
        case None:
            return Done()
        case Unavailable():  # the world is down, not the message: costs no attempt
            return Again(PAUSE_WAIT, counts=False)
        case Unreadable() | Refused():
            return Park(type(error).__name__, str(error))
    if attempt < len(WAITS):
        return Again(tuple(WAITS)[attempt])
    # A fault of ours may carry anything in its text, people too: the log has it, the bus must not.
    return Park("Exhausted", str(error) if isinstance(error, AppError) else type(error).__name__)
