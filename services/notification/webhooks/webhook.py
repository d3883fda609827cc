"""A webhook: where a branch centre's software is called, for what, and signed with which keys.

How far it has come stands beside it (`progress.py`): it moves with every delivery, and whoever reads this document to change it
must not find it changed by that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from shared.actor import Actor
from shared.contracts.notification import WebhookFailing
from shared.errors import NotAllowed
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import local_day
from shared.trade.roles import Role
from shared.words import Words

ACTIVE, DISABLED = "active", "disabled"
STATES = (ACTIVE, DISABLED)
KEEPERS = (Role.BRANCH_OFFICER, Role.BRANCH_SYSTEM)
THE_SERVICE = Actor("notification", "notification", "", "/", frozenset({Role.SERVICE}))
"""Who acts where nobody is signed in: it stops what must not go on."""

OLD_KEY_LASTS = timedelta(hours=24)
"""How long both keys sign, so that a receiver changes its own in peace."""


class Key(BaseModel):
    """sealed: as `keys.Seal` closes it. until: none for the one in use."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sealed: str
    until: datetime | None = None


class Webhook(Aggregate):
    """address: where it is called. types: of the entries it is called for, as entries have them; none: of all.

    machine: the machine's account that made it, and with which it ends; empty where an officer did: then it is the office's.

    rewound: how often it was sent to another place of the feed; after: the number behind which it then went on. restarted: how
    often what had failed was to be forgotten. Who pushes goes by these (`Progress.follow`), so a verb is one write.

    written_of: the failure that the owner was last written to about, by its beginning."""

    KIND: ClassVar[str] = "webhook"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "webhook",
        ("推送地址", "webhook"),
        states={ACTIVE: ("推送中", "active"), DISABLED: ("已停用", "disabled")},
        verbs={
            "create": ("登记", "made"),
            "revise": ("修改", "changed"),
            "rotate": ("更换签名密钥", "given another secret"),
            "replay": ("重新推送", "sent to another place of the feed"),
            "ping": ("测试", "tested"),
            "disable": ("停用", "disabled"),
            "enable": ("恢复", "enabled"),
        },
    )
    NEXT: ClassVar[dict[str, str]] = {
        ACTIVE: "可先停用 · disable it first",
        DISABLED: "可先恢复 · enable it first",
    }

    state: str = ACTIVE
    body: str
    path: str
    address: str
    types: list[str]
    keys: list[Key]
    machine: str = ""
    made_at: datetime
    rewound: int = 0
    after: int = 0
    restarted: int = 0
    written_of: datetime | None = None

    @classmethod
    def create(
        cls, id: str, address: str, types: Sequence[str], sealed: str, after: int, by: Actor, at: datetime
    ) -> Self:
        """At the caller's own body. Raises NotAllowed."""
        by.must_be(*KEEPERS)
        if not by.body:
            raise NotAllowed("此账号不属于任何机构，没有事件流 · this account belongs to no body, so it has no feed")
        machine = by.id if Role.BRANCH_SYSTEM in by.roles else ""
        made = cls(
            id=id,
            state="",
            body=by.body,
            path=by.path,
            address=address,
            types=sorted(set(types)),
            keys=[Key(sealed=sealed)],
            machine=machine,
            made_at=at,
            after=after,
        )
        made.move("create", ACTIVE, by, at)
        return made

    def revise(self, address: str, types: Sequence[str], by: Actor, at: datetime) -> None:
        """What failed at the old address is forgotten: the new one is tried at once. Raises NotAllowed."""
        self._kept_by(by)
        self.address, self.types = address, sorted(set(types))
        self.restarted += 1
        self.move("revise", self.state, by, at)

    def rotate(self, sealed: str, by: Actor, at: datetime, *, is_lost: bool = False) -> None:
        """The key before still signs for a while; of those before it none. is_lost: nor does that one, for nobody can read it
        any more. Raises NotAllowed."""
        self._kept_by(by)
        before = [] if is_lost else [Key(sealed=self.keys[0].sealed, until=at + OLD_KEY_LASTS)]
        self.keys = [Key(sealed=sealed), *before]
        self.move("rotate", self.state, by, at)

    def replay(self, after: int, by: Actor, at: datetime) -> None:
        """Go on behind the entry of this number, back or forward. Raises NotAllowed."""
        self._kept_by(by)
        self.rewound += 1
        self.restarted += 1
        self.after = after
        self.move("replay", self.state, by, at, reason=str(after))

    def must_be_testable(self, by: Actor) -> None:
        """Also while it is disabled: that is when one wants to know. Raises NotAllowed."""
        self._kept_by(by)

    def disable(self, by: Actor, at: datetime, reason: str = "") -> None:
        """It keeps its place. Raises NotAllowed, WrongState."""
        self._kept_by(by)
        self.only_when("disable", ACTIVE)
        self.move("disable", DISABLED, by, at, reason)

    def enable(self, by: Actor, at: datetime) -> None:
        """It goes on where it stopped, at once. From then on it is the work of whoever did that: one that a machine made ends
        no more with that machine's account where an officer enabled it. Raises NotAllowed, WrongState."""
        self._kept_by(by)
        self.only_when("enable", DISABLED)
        self.machine = by.id if Role.BRANCH_SYSTEM in by.roles else ""
        self.restarted += 1
        self.move("enable", ACTIVE, by, at)

    def stop(self, at: datetime, reason: str) -> None:
        """Its receiver said for good that it is gone, or whose it is may read no more. Raises WrongState."""
        self.only_when("disable", ACTIVE)
        self.move("disable", DISABLED, THE_SERVICE, at, reason)

    def write_to_owner(self, since: datetime, status: int | None, at: datetime) -> None:
        """Once about each failure, however often it is asked. since: when that began. status: of the last answer."""
        if self.written_of == since:
            return
        self.written_of = since
        self.note(
            WebhookFailing(
                webhook=self.id,
                body=self.body,
                path=self.path,
                since=local_day(since),
                status=status,
                stopped=self.state == DISABLED,
                host=urlsplit(self.address).hostname or "",
            ),
            at,
        )

    def keys_at(self, now: datetime) -> list[Key]:
        """Those that sign now, the newest first."""
        return [key for key in self.keys if key.until is None or now < key.until]

    def wants(self, type: str) -> bool:
        """type: as entries have it."""
        return not self.types or type in self.types

    def _kept_by(self, by: Actor) -> None:
        by.must_be(*KEEPERS)
        by.must_sit_at(self.body)
