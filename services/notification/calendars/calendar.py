"""A calendar of a body: the address at which its duties are read. Only its digest is kept: a copy of the database opens none."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar, Self

from shared.actor import Actor
from shared.errors import NotAllowed
from shared.keeping.aggregate import Aggregate
from shared.trade.roles import Role
from shared.words import Words

OPEN, REVOKED = "open", "revoked"
OFFICERS = (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER, Role.CENTRE_CLERK, Role.CENTRE_APPROVER)
_RANDOM = 32  # bytes of a token


class Calendar(Aggregate):
    """digest: of the token in its address. It is the office's, and outlives the account that made it."""

    KIND: ClassVar[str] = "calendar"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "calendar",
        ("日历订阅", "calendar"),
        states={OPEN: ("可读取", "open"), REVOKED: ("已撤销", "revoked")},
        verbs={"create": ("建立", "made"), "revoke": ("撤销", "revoked")},
    )
    NEXT: ClassVar[dict[str, str]] = {REVOKED: "可另建一个 · make another one"}

    state: str = OPEN
    body: str
    path: str
    label: str = ""
    digest: str
    made_at: datetime

    @classmethod
    def create(cls, id: str, label: str, token: str, by: Actor, at: datetime) -> Self:
        """For the caller's own body. Raises NotAllowed."""
        by.must_be(*OFFICERS)
        if not by.body:
            raise NotAllowed("此账号不属于任何机构，没有日历 · this account belongs to no body, so it has no calendar")
        made = cls(id=id, state="", body=by.body, path=by.path, label=label, digest=digest_of(token), made_at=at)
        made.move("create", OPEN, by, at)
        return made

    def revoke(self, by: Actor, at: datetime, reason: str = "") -> None:
        """Whoever has its address reads nothing any more. Raises NotAllowed, WrongState."""
        by.must_be(*OFFICERS)
        by.must_sit_at(self.body)
        self.only_when("revoke", OPEN)
        self.move("revoke", REVOKED, by, at, reason)


def drawn() -> str:
    """A token: nobody guesses one, so its digest needs no salt and is found by an index."""
    return secrets.token_urlsafe(_RANDOM)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
