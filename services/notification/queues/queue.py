"""A body's queue on the broker: whether it is to be there, and with which password it is read.

How far it was filled stands beside it (`progress.py`), for that moves all the time."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from shared.actor import Actor
from shared.errors import NotAllowed
from shared.keeping.aggregate import Aggregate
from shared.trade.roles import Role
from shared.words import Words

WANTED, OPEN, WITHDRAWN = "wanted", "open", "withdrawn"
STATES = (WANTED, OPEN, WITHDRAWN)
KEPT_UP = (WANTED, OPEN)
"""States in which it is to be on the broker."""
KEEPERS = (Role.BRANCH_OFFICER, Role.BRANCH_SYSTEM)
THE_SERVICE = Actor("notification", "notification", "", "/", frozenset({Role.SERVICE}))
"""Who acts where nobody is signed in: it says what is done, and stops what must not go on."""


class BranchQueue(Aggregate):
    """password_hash: as the broker keeps it; whoever has a copy signs in nowhere.

    machine: the machine's account that asked for it, and with which it ends; empty where an officer did: then it is the
    office's.

    opened: how often it was asked for; after: number of the entry behind which it then begins. Who fills it goes by these
    (`Progress.follow`), so a verb is one write."""

    KIND: ClassVar[str] = "branch_queue"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "branch_queue",
        ("机构队列", "queue of a body"),
        states={
            WANTED: ("等待开通", "waiting to be opened"),
            OPEN: ("已开通", "open"),
            WITHDRAWN: ("已撤销", "withdrawn"),
        },
        verbs={
            "create": ("申请", "asked for"),
            "open": ("开通", "opened"),
            "renew": ("更换密码", "given another password"),
            "withdraw": ("撤销", "withdrawn"),
            "reopen": ("重新申请", "asked for again"),
        },
    )
    NEXT: ClassVar[dict[str, str]] = {
        WANTED: "一分钟内开通 · it opens within a minute",
        OPEN: "可先撤销 · withdraw it first",
        WITHDRAWN: "可重新申请 · ask for it again",
    }

    state: str = WANTED
    body: str
    path: str
    password_hash: str
    machine: str = ""
    made_at: datetime
    opened: int = 0
    after: int = 0

    @classmethod
    def create(cls, id: str, password_hash: str, after: int, by: Actor, at: datetime) -> Self:
        """For the caller's own body. Raises NotAllowed."""
        by.must_be(*KEEPERS)
        if not by.body:
            raise NotAllowed("此账号不属于任何机构，没有事件流 · this account belongs to no body, so it has no feed")
        made = cls(
            id=id,
            state="",
            body=by.body,
            path=by.path,
            password_hash=password_hash,
            machine=_machine(by),
            made_at=at,
            after=after,
        )
        made.move("create", WANTED, by, at)
        return made

    def renew(self, password_hash: str, by: Actor, at: datetime) -> None:
        """Whoever is connected with the password before is cut off as soon as the broker has the new one. Raises NotAllowed,
        WrongState."""
        self._kept_by(by)
        self.only_when("renew", *KEPT_UP)
        self.password_hash = password_hash
        self.move("renew", WANTED, by, at)

    def withdraw(self, by: Actor, at: datetime, reason: str = "") -> None:
        """With what is still in it. Raises NotAllowed, WrongState."""
        self._kept_by(by)
        self.only_when("withdraw", *KEPT_UP)
        self.move("withdraw", WITHDRAWN, by, at, reason)

    def reopen(self, password_hash: str, after: int, by: Actor, at: datetime) -> None:
        """From then on it is the work of whoever did that. Raises NotAllowed, WrongState."""
        self._kept_by(by)
        self.only_when("reopen", WITHDRAWN)
        self.password_hash, self.after, self.machine = password_hash, after, _machine(by)
        self.opened += 1
        self.move("reopen", WANTED, by, at)

    def open(self, at: datetime) -> None:
        """It is on the broker, with this password. Raises WrongState."""
        self.only_when("open", WANTED)
        self.move("open", OPEN, THE_SERVICE, at)

    def stop(self, at: datetime, reason: str) -> None:
        """Whose it is may read no more. Raises WrongState."""
        self.only_when("withdraw", *KEPT_UP)
        self.move("withdraw", WITHDRAWN, THE_SERVICE, at, reason)

    def _kept_by(self, by: Actor) -> None:
        by.must_be(*KEEPERS)
        by.must_sit_at(self.body)


def _machine(by: Actor) -> str:
    return by.id if Role.BRANCH_SYSTEM in by.roles else ""
