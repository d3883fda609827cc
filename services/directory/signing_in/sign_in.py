"""Sign-ins: somebody at one keyboard, from the password to the sign-out. Carried on by a refresh token that changes at
every use, so that a stolen one is noticed (docs/decisions/0016-sessions.md)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Self

from pydantic import PrivateAttr

from shared.actor import Actor
from shared.keeping.aggregate import Aggregate
from shared.words import Words

OPEN, ENDED = "open", "ended"
STATES = (OPEN, ENDED)

LOST_ANSWER = timedelta(seconds=60)
"""How long the token before is still taken, for the same successor: the answer may have been lost on the way, or another
window asked at the same moment."""

SIGNED_OUT, USED_AGAIN = "signed out", "a refresh token was used again"


class SignIn(Aggregate):
    """The refresh token is `<id>.<stem>.<fresh>`; of stem and fresh only the hashes are kept. The stem stays the same and
    tells a token of ours that was used up from one that somebody made up: only the first ends the sign-in.

    successor_key: with it the token before gives the present one again; drawn at each exchange, so it opens no older one.
    Empty until the first exchange, and in documents of an earlier release."""

    KIND: ClassVar[str] = "sign_in"
    SOURCE: ClassVar[str] = "/directory"
    WORDS: ClassVar[Words] = Words(
        "sign_in",
        ("登录", "sign-in"),
        states={OPEN: ("有效", "open"), ENDED: ("已退出", "over")},
        verbs={"open": ("开始", "opened"), "rotate": ("续期", "prolonged"), "end": ("退出", "ended")},
    )

    account: str
    path: str
    practising: bool
    epoch: int  # the account's, at the time; void once the account's is higher
    auth_time: datetime | None = None
    """When its holder proved who they are; empty in documents of an earlier release."""
    until: datetime  # unless it is refreshed before
    stem_hash: str
    fresh_hash: str
    before_hash: str = ""
    rotated_at: datetime | None = None
    successor_key: str = ""
    ended_at: datetime | None = None

    _refresh_token: str = PrivateAttr(default="")

    @classmethod
    def open(
        cls,
        holder: Actor,
        at: datetime,
        *,
        id: str,
        practising: bool,
        epoch: int,
        life: timedelta,
        proved_at: datetime | None = None,
    ) -> Self:
        """proved_at: where it was not just now, as with somebody whom an identity provider knew already."""
        stem, fresh = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        opened = cls(
            id=id,
            state="",
            account=holder.id,
            path=holder.path,
            practising=practising,
            epoch=epoch,
            auth_time=proved_at or at,
            until=at + life,
            stem_hash=_hash(stem),
            fresh_hash=_hash(fresh),
        )
        opened._refresh_token = f"{id}.{stem}.{fresh}"
        opened.move("open", OPEN, holder, at, "practising" if practising else "")
        return opened

    @property
    def proved_at(self) -> datetime:
        """When its holder last proved who they are; however often it was prolonged since. An earlier release opened a sign-in
        with that."""
        return self.auth_time or self.history[0].at

    @property
    def refresh_token(self) -> str:
        """The one just made; empty on a loaded document, which holds hashes only."""
        return self._refresh_token

    def is_ours(self, secret: str) -> bool:
        """Whether the token is, or ever was, one of this sign-in's."""
        return _same(self.stem_hash, secret.partition(".")[0])

    def is_good(self, secret: str, at: datetime) -> bool:
        """Whether the token may be exchanged now."""
        return self.state == OPEN and at < self.until and self._is_next(secret, at)

    def is_used_up(self, secret: str, at: datetime) -> bool:
        """A token of ours that was exchanged before: it was copied, by whom nobody can tell. Not so while nobody can tell
        either how long ago that was, because the clock was set back: then it opens nothing and ends nothing."""
        if self.state != OPEN or not self.is_ours(secret) or self._is_next(secret, at):
            return False
        set_back = self.rotated_at is not None and at < self.rotated_at
        return not (set_back and _same(self.before_hash, _fresh(secret)))

    def rotate(self, secret: str, at: datetime, life: timedelta) -> bool:
        """Exchange the token for its successor; no act, or the history would grow four times an hour. The one before has the
        same successor until its minute is over. False: exchanged already, nothing to save. Raises WrongState."""
        self.only_when("rotate", OPEN)
        stem, _, fresh = secret.partition(".")
        is_first = _same(self.fresh_hash, fresh)
        if is_first:
            self.before_hash, self.rotated_at, self.until = self.fresh_hash, at, at + life
        if is_first or not self.successor_key:  # an earlier release drew successors that nobody can compute again
            self.successor_key = secrets.token_urlsafe(32)
        following = _successor(self.successor_key, fresh)
        changed = not _same(self.fresh_hash, following)
        self.fresh_hash = _hash(following)
        self._refresh_token = f"{self.id}.{stem}.{following}"
        return changed

    def end(self, by: Actor, at: datetime, reason: str = SIGNED_OUT) -> None:
        """Raises WrongState."""
        self.only_when("end", OPEN)
        self.ended_at = at
        self.move("end", ENDED, by, at, reason)

    @staticmethod
    def over_before(at: datetime) -> str:
        """What `until` and `ended_at` of a stored sign-in lie below if it was over at that time."""
        return at.isoformat().replace("+00:00", "Z")

    def _is_next(self, secret: str, at: datetime) -> bool:
        fresh = _fresh(secret)
        # A small step back is nothing; after a large one nobody can tell how long ago it was.
        lost = self.rotated_at is not None and abs(at - self.rotated_at) < LOST_ANSWER
        return self.is_ours(secret) and (_same(self.fresh_hash, fresh) or (lost and _same(self.before_hash, fresh)))


def _fresh(secret: str) -> str:
    return secret.partition(".")[2]


def _successor(key: str, fresh: str) -> str:
    """256 bits that neither the token nor the key tells alone."""
    digest = hmac.digest(key.encode(), fresh.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _hash(secret: str) -> str:
    """Secrets of 128 bits and more need no slow hash: nobody goes through them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known, _hash(given))
