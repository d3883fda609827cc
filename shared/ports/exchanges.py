"""Where a row of an outbox may be addressed to (messaging.topology says what is bound there)."""

from typing import Final

EVENTS: Final = "events"  # all facts; key = fact type (plus a lane, see topology.Queue.lane)
REDELIVER: Final = "redeliver"  # where waits end and replays begin; the key is a queue name, so it reaches one queue
PARK: Final = "park"  # what nobody could apply; the key is a queue name
AUDIT: Final = "audit"  # no exchange: the relay brings these rows to the audit chain in the service's own store
UNROUTED: Final = "unrouted"  # a fact nobody listens to is kept and visible, and never blocks an outbox
