"""A session: what the server keeps of somebody at a browser. Sealed with the cookie's own secret, which is kept nowhere: a copy
of the database opens no session, and there is no key to look after."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Self

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, ValidationError

from services.console.refusal import Kept
from shared.trade.roles import Role

EARLY = timedelta(seconds=60)
"""An access token is exchanged this long before it ends."""

MOST_KEPT = 4
"""Forms that wait at the same time: one of each window in which somebody was asked to sign in again."""
LARGEST_KEPT = 1024 * 1024
"""Characters of all of them, as they are stored: a store takes no record of any size, and each page reads this one."""

_SEAL, _NAME = b"jianding console: seal", b"jianding console: name"


class Holder(BaseModel):
    """Who is signed in, as the directory says: for the head of every page. What they may do the services decide. body, path:
    where they work now; while they practise, those of the twin, whose documents they see."""

    model_config = ConfigDict(frozen=True)
    account: str
    name: str
    body: str
    path: str
    body_zh: str = ""
    body_en: str = ""
    roles: list[Role]
    practising: bool = False
    trained: bool = True


class Session(BaseModel):
    """access, refresh: tokens of the directory. access_until: when the first ends. by_provider: signed in at the identity
    provider of the Centre, and no password is known here. kept: forms that wait until its holder proved anew who they are, by a
    name of their own."""

    model_config = ConfigDict(frozen=True)
    holder: Holder
    access: str
    access_until: datetime
    refresh: str
    by_provider: bool = False
    kept: dict[str, Kept] = {}

    def renewed(self, access: str, access_until: datetime, refresh: str) -> Self:
        return self.model_copy(update={"access": access, "access_until": access_until, "refresh": refresh})

    def keeping(self, name: str, kept: Kept) -> Self:
        """The oldest give way; what is too large alone is not kept at all."""
        there = [*self.kept.items(), (name, kept)][-MOST_KEPT:]
        while sum(_size(one) for _, one in there) > LARGEST_KEPT:
            del there[0]
        return self.model_copy(update={"kept": dict(there)})

    def is_stale(self, at: datetime) -> bool:
        """Whether its access token has to be exchanged before anything is asked with it. Both ways: a clock that was set back
        says nothing about its end."""
        return not at + EARLY < self.access_until <= at + timedelta(hours=1)


def _size(kept: Kept) -> int:
    return len(json.dumps(kept.fields))


class Secret:
    """What a cookie holds: 256 bits. Its name is what the session is stored under; its seal is what it is stored with. Neither
    tells anything of the other."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def new(cls) -> Secret:
        return cls(secrets.token_urlsafe(32))

    @property
    def name(self) -> str:
        return hashlib.sha256(self._derived(_NAME)).hexdigest()

    def seal(self, session: Session) -> str:
        return self._fernet().encrypt(session.model_dump_json().encode()).decode()

    def open(self, sealed: str) -> Session | None:
        """None: sealed by another secret, or by a release that kept other things; whoever it was signs in again."""
        try:
            return Session.model_validate_json(self._fernet().decrypt(sealed.encode()))
        except (InvalidToken, ValidationError):
            return None

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._derived(_SEAL)))

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=purpose).derive(self.text.encode())
