"""Accounts: people and machines that may ask for a token. Issue of rights is the directory's; checking is everybody's."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from pydantic import computed_field

from shared import identity
from shared.actor import Actor, Role
from shared.aggregate import Aggregate
from shared.errors import Invalid, NotSignedIn, Problem

ACTIVE, CLOSED = "active", "closed"

_hasher = PasswordHasher()  # argon2id with the library's recommended cost

_ROLES_AT: dict[str, frozenset[Role]] = {
    "centre": frozenset({Role.CENTRE_CLERK, Role.CENTRE_APPROVER, Role.AUDITOR}),
    "branch": frozenset({Role.BRANCH_OFFICER, Role.AUDITOR}),
    "station": frozenset({Role.STATION_CLERK, Role.STATION_HEAD}),
}


class Account(Aggregate):
    KIND: ClassVar[str] = "account"
    SOURCE: ClassVar[str] = "/directory"

    name: str
    body: str
    path: str
    roles: list[Role]
    password_hash: str
    email: str = ""  # for letters to the person; an account without one gets none
    ended_at: datetime | None = None  # when access was last ended before its time
    epoch: int = 0  # one more each time access was ended before its time; tokens of an earlier epoch are void

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ref(self) -> str:
        """What facts call the account, so that its id stays off the bus; stored, because it is looked up by it."""
        return identity.account_ref(self.id)

    @classmethod
    def open(
        cls,
        by: Actor,
        at: datetime,
        *,
        id: str,
        name: str,
        body: str,
        body_kind: str,
        path: str,
        roles: list[Role],
        password: str,
        email: str = "",
    ) -> Self:
        """Raises Invalid when a role does not belong to the kind of body; NotAllowed."""
        by.must_be(Role.OPERATOR, Role.CENTRE_CLERK)
        if Role.CENTRE_APPROVER in roles:  # whoever opens accounts must not make the approver of their own work
            by.must_be(Role.OPERATOR)
        wrong = [role for role in roles if role not in _ROLES_AT[body_kind]]
        if wrong:
            allowed = ", ".join(sorted(_ROLES_AT[body_kind]))
            raise Invalid(
                "角色与机构类别不符 · roles that do not exist at this kind of body",
                [
                    Problem("/roles", f"{role} 不属于 {body_kind} · is no role of a {body_kind}", allowed)
                    for role in wrong
                ],
            )
        account = cls(
            id=id,
            state="",
            name=name,
            body=body,
            path=path,
            roles=roles,
            password_hash=_hasher.hash(password),
            email=email,
        )
        account.move("open", ACTIVE, by, at)
        return account

    @classmethod
    def machine(cls, id: str, role: Role, password: str) -> Self:
        """An account of provisioning: one of our services, or the operator. Reaches everything its role may."""
        return cls(id=id, state=ACTIVE, name=id, body="", path="/", roles=[role], password_hash=_hasher.hash(password))

    def must_know(self, password: str) -> None:
        """Raises NotSignedIn. Slow on purpose (argon2id)."""
        try:
            _hasher.verify(self.password_hash, password)
        except VerificationError as error:
            raise NotSignedIn("账号或密码不正确 · unknown account or wrong password") from error

    def as_answer(self) -> dict[str, object]:
        return self.model_dump(mode="json", exclude={"request", "password_hash"})


def waste_time(password: str) -> None:
    """Verify against nobody, so that an unknown account takes as long to refuse as a wrong password."""
    try:
        _hasher.verify(_NOBODY, password)
    except VerificationError:
        return


_NOBODY = _hasher.hash("nobody has this password")
