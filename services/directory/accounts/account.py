"""Accounts: people and machines that may ask for a token. Issue of rights is the directory's; checking is everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import uuid4

from pydantic import ConfigDict, Field, model_validator

from services.directory import ids
from services.directory.accounts.roles import THE_DIRECTORY, distinct, must_exist_at, must_keep
from shared.actor import Actor
from shared.ages import is_younger, lasts
from shared.contracts.directory import AccountLocked, AccountResetRequested
from shared.errors import Invalid, NotAllowed, Problem
from shared.keeping.aggregate import Aggregate, Entry
from shared.procedure.windup import sanction_of
from shared.trade.roles import UNGATED, Role
from shared.words import Words

ACTIVE, CLOSED = "active", "closed"
STATES = (ACTIVE, CLOSED)

FAILURES = 10
"""Wrong passwords in a row before the account is locked: a person who types from memory needs fewer, and ten guesses at
a password of ten characters are nothing."""
LOCKED_FOR = timedelta(minutes=15)
"""Long enough that guessing stays below a thousand tries a day, short enough that nobody is kept from work by others."""
NOTED_AGAIN_AFTER = timedelta(days=1)  # letters about locks: somebody who guesses all day must not fill the mailbox
RESET_AGAIN_AFTER, RESETS_A_DAY = timedelta(minutes=5), 5  # likewise letters with a link, which anybody may ask for
RESET_COUNTS_FOR = timedelta(days=1)
"""How late the letter of a reset may be written, when the bus was away; nobody gets a link that nobody asked for."""


class Account(Aggregate):
    """epoch: one more each time access was ended before its time; tokens and sign-ins of an earlier epoch are void.

    reference: what facts call it, so that its id stays off the bus; stored as `ref`, as it was from the first."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)
    KIND: ClassVar[str] = "account"
    SOURCE: ClassVar[str] = "/directory"
    WORDS: ClassVar[Words] = Words(
        "account",
        ("账号", "account"),
        states={ACTIVE: ("使用中", "in use"), CLOSED: ("已关闭", "closed")},
        verbs={
            "open": ("开立", "opened"),
            "change": ("变更", "changed"),
            "close": ("关闭", "closed"),
            "transfer": ("移交", "moved to another body"),
            "finish": ("保留至善后办完", "kept until everything is wound up"),
            "lock": ("锁定", "locked"),
            "unlock": ("解锁", "unlocked"),
            "set_initial_password": ("设置初始密码", "given an initial password"),
            "renew_secret": ("更换密钥", "given another secret"),
            "change_password": ("修改密码", "given another password"),
            "reset_password": ("重设密码", "given another password"),
            "end_access": ("退出全部登录", "signed out everywhere"),
            "train": ("登记培训", "given a training record"),
        },
    )
    NEXT: ClassVar[Mapping[str, str]] = {
        CLOSED: "须另开账号 · open another account",
    }

    name: str
    body: str  # empty: kept by provisioning (our services, the operator)
    path: str
    roles: list[Role]
    password_hash: str
    machine: bool = False
    email: str = ""
    reference: str = Field(default="", validation_alias="ref", serialization_alias="ref")
    must_change_password: bool = False
    failures: int = 0  # wrong passwords in a row
    locked_until: datetime | None = None
    lock_told_at: datetime | None = None
    resets_asked: list[datetime] = Field(default_factory=list)  # of the last day; none once the password was changed
    ended_at: datetime | None = None  # when access was last ended before its time
    epoch: int = 0

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_release(cls, stored: dict[str, Any]) -> dict[str, Any]:
        """Release 0.1 did not say which accounts are machines, and gave no references."""
        machine = stored.get("machine", list(stored.get("roles", ())) == [Role.SERVICE])
        if stored.get("ref") or "reference" in stored:
            return {**stored, "machine": machine}
        return {**stored, "machine": machine, "ref": ids.account_reference(str(stored["id"]))}

    @classmethod
    def open(
        cls,
        by: Actor,
        at: datetime,
        *,
        id: str,
        name: str,
        email: str,
        body: str,
        body_kind: str,
        path: str,
        roles: Iterable[Role],
        password_hash: str,
    ) -> Self:
        """A person's, with an initial password. Raises Invalid when a role does not belong to the kind of body."""
        wanted = distinct(roles)
        must_keep(by, wanted)
        must_exist_at(body_kind, wanted)
        account = cls(
            id=id,
            state="",
            name=name,
            email=email,
            body=body,
            path=path,
            roles=wanted,
            password_hash=password_hash,
            reference=str(uuid4()),
        )
        account.must_change_password = True
        account.move("open", ACTIVE, by, at)
        return account

    @classmethod
    def open_machine(
        cls,
        by: Actor,
        at: datetime,
        *,
        id: str,
        name: str,
        body: str,
        body_kind: str,
        path: str,
        secret_hash: str,
    ) -> Self:
        """For a branch centre's own software (client credentials). Raises Invalid at any other kind of body."""
        roles = [Role.BRANCH_SYSTEM]
        must_keep(by, roles)
        if body_kind != "branch":
            problem = Problem("/body", f"{body} 不是分中心 · is no branch centre")
            raise Invalid("机器账号只为分中心开立 · machine accounts are for branch centres", [problem])
        account = cls(
            id=id, state="", name=name, body=body, path=path, roles=roles, password_hash=secret_hash, machine=True
        )
        account.move("open", ACTIVE, by, at)
        return account

    @classmethod
    def provisioned(cls, id: str, role: Role, password_hash: str) -> Self:
        """One of our services, or the operator. Reaches everything its role may."""
        machine = role == Role.SERVICE
        return cls(
            id=id, state=ACTIVE, name=id, body="", path="/", roles=[role], password_hash=password_hash, machine=machine
        )

    def provision_anew(self, at: datetime, password_hash: str) -> None:
        """The settings have another password: whoever signed in with the old one is out."""
        self._renew(at, password_hash)

    def keep_otherwise(self, password_hash: str) -> None:
        """The same password, hashed in another way: nobody loses access."""
        self.password_hash = password_hash

    # --- what its keepers do ------------------------------------------------------------------------------------------

    def change(
        self, by: Actor, at: datetime, *, name: str, email: str, roles: Iterable[Role], body_kind: str, reason: str = ""
    ) -> None:
        """Whoever loses a role loses the tokens that say it; a role gained comes with the next token.

        Raises NotAllowed also when somebody changes their own roles, Invalid, WrongState."""
        wanted = distinct(roles)
        must_keep(by, [*self.roles, *wanted])
        self._must_be_kept_here()
        self.only_when("change", ACTIVE)
        if self.machine:
            raise NotAllowed("机器账号不可变更，请另开 · a machine account does not change: open another one")
        if set(wanted) != set(self.roles):
            by.must_not_be([self.id], "不得变更本人的角色 · nobody changes their own roles")
        must_exist_at(body_kind, wanted)
        lost = set(self.roles) - set(wanted)
        self.name, self.email, self.roles = name, email, wanted
        if lost:
            self._void(at)
        self.move("change", ACTIVE, by, at, reason)

    def close(self, by: Actor, at: datetime, reason: str) -> None:
        """For good; the id is never given to anybody else. Raises NotAllowed, WrongState."""
        self._must_be_kept_by_another(by)
        self.only_when("close", ACTIVE)
        self._void(at)
        self.move("close", CLOSED, by, at, reason)

    @property
    def closing(self) -> Entry | None:
        """The act that closed it; none while it is open."""
        return next((entry for entry in reversed(self.history) if entry.to_state == CLOSED != entry.from_state), None)

    @property
    def closed_for(self) -> str:
        """The sanction that closed it; empty where an officer did, or nobody."""
        return sanction_of(self.closing.by) if self.closing else ""

    def transfer(self, by: Actor, at: datetime, body: str, path: str, reason: str) -> None:
        """To another body of the same kind, with the same roles. Raises NotAllowed, WrongState."""
        self._must_be_kept_by_another(by)
        self.only_when("transfer", ACTIVE)
        self._void(at)
        self.move("transfer", ACTIVE, by, at, reason)  # an act of the body that is left
        self.body, self.path = body, path

    def finish(self, by: Actor, at: datetime, reason: str) -> None:
        """Its body was revoked; it works on, to finish what is left. Raises NotAllowed, WrongState."""
        self._must_be_kept_by_another(by)
        self.only_when("finish", ACTIVE)
        self.move("finish", ACTIVE, by, at, reason)

    def unlock(self, by: Actor, at: datetime, reason: str = "") -> None:
        """Raises NotAllowed, WrongState."""
        self._must_be_kept_by_another(by)
        self.only_when("unlock", ACTIVE)
        self.forget_failures()
        self.move("unlock", ACTIVE, by, at, reason)

    def set_initial_password(self, by: Actor, at: datetime, password_hash: str) -> None:
        """Known to whoever set it, so it opens nothing until it is changed. Raises NotAllowed, WrongState."""
        self._must_be_kept_by_another(by)
        self.only_when("set_initial_password", ACTIVE)
        self._must_be_a_person()
        self._renew(at, password_hash)
        self.must_change_password = True
        self.move("set_initial_password", ACTIVE, by, at)

    def renew_secret(self, by: Actor, at: datetime, secret_hash: str) -> None:
        """Of a machine; the old one ends. Raises NotAllowed, WrongState."""
        self._must_be_kept_by_another(by)
        self.only_when("renew_secret", ACTIVE)
        if not self.machine:
            raise NotAllowed("这是个人账号，没有机器密钥 · this is a person's account: it has a password, no secret")
        self._renew(at, secret_hash)
        self.move("renew_secret", ACTIVE, by, at)

    # --- what its holder does -----------------------------------------------------------------------------------------

    @property
    def holder(self) -> Actor:
        """The person at the door: who knows the password, or holds a link sent to the mailbox."""
        return Actor(self.id, self.name, self.body, self.path, frozenset(self.roles))

    def change_password(self, at: datetime, password_hash: str, verb: str = "change_password") -> None:
        """Ends all other access. verb: also `reset_password`. Raises NotAllowed, WrongState."""
        self.only_when(verb, ACTIVE)
        self._must_be_kept_here()
        self._must_be_a_person()
        self._renew(at, password_hash)
        self.must_change_password = False
        self.move(verb, ACTIVE, self.holder, at)

    def end_access(self, at: datetime) -> None:
        """Sign out everywhere. Raises WrongState."""
        self.only_when("end_access", ACTIVE)
        self._void(at)
        self.move("end_access", ACTIVE, self.holder, at)

    def request_reset(self, at: datetime) -> bool:
        """Have the letter written. False: there is nobody to write to, one is on its way, or it were too many."""
        recent = [asked for asked in self.resets_asked if is_younger(asked, RESET_COUNTS_FOR, at)]
        too_soon = bool(recent) and is_younger(recent[-1], RESET_AGAIN_AFTER, at)
        if not self.can_reset or len(recent) >= RESETS_A_DAY or too_soon:
            return False
        self.resets_asked = [*recent, at]
        self.note(
            AccountResetRequested(account=self.reference, body=self.body, path=self.path), at, about=self.reference
        )
        return True

    @property
    def can_reset(self) -> bool:
        return self.state == ACTIVE and not self.machine and bool(self.email) and bool(self.body)

    def wants_link(self, at: datetime) -> bool:
        """Whether somebody asked for a reset that was not used yet."""
        return self.can_reset and any(at < asked + RESET_COUNTS_FOR for asked in self.resets_asked)

    # --- right and wrong passwords ------------------------------------------------------------------------------------

    def is_locked(self, at: datetime) -> bool:
        return self.locked_until is not None and lasts(self.locked_until, LOCKED_FOR, at)

    def count_failure(self, at: datetime) -> bool:
        """A wrong password. False: nothing to remember.

        What provisioning keeps is never locked, nor is a machine: their secrets cannot be guessed, and a lock would let
        anybody stop a service, or keep the operator out. A closed account is locked like an open one, for the right
        password is told from a wrong one there too, and may open something elsewhere."""
        if self.machine or not self.body or self.is_locked(at):
            return False
        self.failures, self.locked_until = self.failures + 1, None
        if self.failures >= FAILURES:
            self.failures, self.locked_until = 0, at + LOCKED_FOR
            self._note_the_lock(at)
        return True

    def forget_failures(self) -> bool:
        """The right password, or a keeper's word. False: nothing to forget."""
        if not self.failures and self.locked_until is None:
            return False
        self.failures, self.locked_until = 0, None
        return True

    def _note_the_lock(self, at: datetime) -> None:
        if self.lock_told_at is not None and is_younger(self.lock_told_at, NOTED_AGAIN_AFTER, at):
            return
        self.lock_told_at = at
        self.move("lock", self.state, THE_DIRECTORY, at, f"{FAILURES} wrong passwords in a row")
        if self.can_reset:
            minutes = int(LOCKED_FOR.total_seconds() // 60)
            fact = AccountLocked(account=self.reference, body=self.body, path=self.path, minutes=minutes)
            self.note(fact, at, about=self.reference)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _void(self, at: datetime) -> None:
        self.epoch += 1
        self.ended_at = at

    def _renew(self, at: datetime, password_hash: str) -> None:
        self.password_hash, self.resets_asked = password_hash, []
        self.forget_failures()
        self._void(at)

    def _must_be_kept_by_another(self, by: Actor) -> None:
        must_keep(by, self.roles)
        self._must_be_kept_here()
        by.must_not_be([self.id], "这是本人的账号 · this is your own account")

    def _must_be_kept_here(self) -> None:
        if not self.body:
            raise NotAllowed("该账号由部署程序维护 · provisioning keeps this account: change its password there")

    def _must_be_a_person(self) -> None:
        if self.machine:
            raise NotAllowed("机器账号没有密码，请更换密钥 · a machine has a secret, no password: renew that")

    @property
    def practises(self) -> bool:
        """Whether there is anything for it to practise: machines and operators have no documents of the trade."""
        return bool(self.body) and not UNGATED.intersection(self.roles)
