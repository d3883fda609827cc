"""The broker as branch centres reach it: a queue and a user for each body that asked, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

VHOST = "branches"


def queue_of(body: str) -> str:
    """body: its institution code."""
    return f"branch.{body}"


def user_of(body: str) -> str:
    return f"branch-{body}"


@dataclass(frozen=True, slots=True)
class Pushed:
    """One message. id: the same over every repeat. last: number of the newest entry of the feed, so that a gap shows."""

    id: str
    content: bytes
    last: int


class Branches(Protocol):
    """Only one process may ask this: it takes the broker's administrator. Bodies go by their institution codes.

    Everything is safe to repeat. Everything raises Unavailable when the broker does not answer, and Refused, with its sentence,
    when it says no."""

    async def prepare(self) -> None:
        """The place where these queues are, and their limits."""
        ...

    async def there(self) -> Mapping[str, str]:
        """Body → hash of its user's password, of all that have a user or a queue; empty where one of the two
        is missing, or the user is not as `let_in` makes it."""
        ...

    async def let_in(self, body: str, password_hash: str) -> None:
        """A queue, and a user that reads this queue and may do nothing else. Whoever is connected with an earlier password is
        cut off."""
        ...

    async def shut_out(self, body: str) -> None:
        """Its user, then what it has open, then its queue with what is in it."""
        ...

    async def publish(self, body: str, messages: Sequence[Pushed]) -> None:
        """Into its queue, in order. Returns once the broker has all of them on disk; after a failure some may be there."""
        ...

    async def close(self) -> None: ...
