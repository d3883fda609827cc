"""The keys that sign tokens: one signs, the ones before stay published until the last token they signed has ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from joserfc.jwk import OKPKey

from shared.actor import Actor
from shared.ages import is_younger
from shared.keeping.aggregate import Aggregate
from shared.trade.roles import Role
from shared.words import Words

CURRENT, RETIRED, WITHDRAWN = "current", "retired", "withdrawn"
STATES = (CURRENT, RETIRED, WITHDRAWN)

LONGEST_TOKEN_LIFE = timedelta(minutes=61)  # settings.token_minutes allows sixty

KNOWN_EVERYWHERE_AFTER = timedelta(minutes=1)
"""A new key is published this long before it signs: every service has fetched it by then (tokens.REFRESH), so no token is
refused because its key is too new."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)

KEY_HOLDERS = (Role.OPERATOR, Role.SERVICE)


class SigningKey(Aggregate):
    """id: the key's own (kid); `current` is the one key of release 0.1, which did not note when it was made.

    jwk: with the private half while it signs, without it afterwards. n: how many there were before; 0 for keys of earlier
    releases. What is newer is told by it, as the clock may have been set back between two."""

    KIND: ClassVar[str] = "signing_key"
    SOURCE: ClassVar[str] = "/directory"
    WORDS: ClassVar[Words] = Words(
        "signing_key",
        ("签名密钥", "signing key"),
        states={CURRENT: ("使用中", "in use"), RETIRED: ("已停用", "retired"), WITHDRAWN: ("已作废", "withdrawn")},
        verbs={
            "make": ("生成", "made"),
            "note_age": ("记录使用时间", "noted as old enough"),
            "retire": ("停用", "retired"),
            "withdraw": ("作废", "withdrawn"),
        },
    )

    state: str = CURRENT
    jwk: str
    n: int = 0
    made_at: datetime | None = None
    retired_at: datetime | None = None

    @classmethod
    def make(cls, by: Actor, at: datetime, reason: str = "", *, after: Sequence[SigningKey] = ()) -> Self:
        """after: the keys there are. Raises NotAllowed."""
        by.must_be(*KEY_HOLDERS)
        fresh = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
        n = max((key.n for key in after), default=0) + 1
        made = cls(id=str(fresh.kid), state="", jwk=json.dumps(fresh.as_dict(private=True)), n=n, made_at=at)
        made.move("make", CURRENT, by, at, reason)
        return made

    def note_age(self, at: datetime) -> None:
        """A key of release 0.1 counts from when the clock first asks, so that a deployment changes nothing else."""
        self.only_when("note_age", CURRENT)
        self.made_at = self.made_at or at

    def retire(self, by: Actor, at: datetime) -> None:
        """Another one signs. Raises NotAllowed, WrongState."""
        by.must_be(*KEY_HOLDERS)
        self.only_when("retire", CURRENT)
        self.retired_at = at
        self._forget_the_private_half()
        self.move("retire", RETIRED, by, at)

    def withdraw(self, by: Actor, at: datetime, reason: str) -> None:
        """Somebody else may have it: what it signed is void at once. Raises NotAllowed, WrongState."""
        by.must_be(*KEY_HOLDERS)
        self.only_when("withdraw", CURRENT, RETIRED)
        self._forget_the_private_half()
        self.move("withdraw", WITHDRAWN, by, at, reason)

    @property
    def place(self) -> tuple[int, datetime]:
        """To tell the newer from the older."""
        return self.n, self.made_at or LONG_AGO

    @property
    def key(self) -> OKPKey:
        return OKPKey.import_key(json.loads(self.jwk))

    @property
    def public(self) -> dict[str, Any]:
        return self.key.as_dict(private=False)

    def is_published(self, now: datetime) -> bool:
        if self.state == RETIRED:
            return self.retired_at is not None and now < self.retired_at + LONGEST_TOKEN_LIFE
        return self.state == CURRENT

    def is_known_everywhere(self, now: datetime) -> bool:
        """Also one that was made before the clock was set back: whoever does not know it yet asks when it meets it."""
        return self.made_at is None or not is_younger(self.made_at, KNOWN_EVERYWHERE_AFTER, now)

    def is_old(self, now: datetime, life: timedelta) -> bool:
        """Also one that was made with the clock as far ahead."""
        return self.made_at is not None and abs(now - self.made_at) >= life

    def _forget_the_private_half(self) -> None:
        self.jwk = json.dumps(self.public)


def current_of(keys: Sequence[SigningKey]) -> list[SigningKey]:
    return [key for key in keys if key.state == CURRENT]


def signing_of(current: Sequence[SigningKey], now: datetime) -> SigningKey:
    """The newest that every service knows; if there is none (the first hour, or all others were withdrawn) the oldest,
    which most of them know. current: newest first, at least one."""
    return next((key for key in current if key.is_known_everywhere(now)), current[-1])
