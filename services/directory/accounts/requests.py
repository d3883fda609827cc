"""What may be asked over HTTP about accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from services.directory.mailbox import Mailbox
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.trade.roles import UNGATED, Role

_OF_PEOPLE = tuple(role for role in Role if role not in UNGATED)


def _known_role(role: object) -> object:
    if role not in _OF_PEOPLE:
        allowed = ", ".join(_OF_PEOPLE)
        raise ValueError(f"没有这个角色，可用的有：{allowed} · there is no such role; there are: {allowed}")
    return role


PersonsRole = Annotated[Role, BeforeValidator(_known_role)]
AccountId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,60}$", examples=["zhang.wei"])]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200)]


class AccountEntry(BaseModel):
    """What may change in a person's account."""

    model_config = ConfigDict(extra="forbid")
    name: OneLine = Field(min_length=1, max_length=60, examples=["张伟"])
    email: Mailbox = Field(
        description="the person's own: links to a new password go there", examples=["zw@example.org"]
    )
    roles: list[PersonsRole] = Field(min_length=1, max_length=6)


class NewAccount(AccountEntry):
    id: AccountId
    body: InstitutionCode
    password: Password = Field(description="initial: opens nothing until its holder has changed it")


class NewMachine(BaseModel):
    """An account for a branch centre's own software."""

    model_config = ConfigDict(extra="forbid")
    id: AccountId
    name: OneLine = Field(min_length=1, max_length=60, examples=["东方分中心业务系统"])
    body: InstitutionCode


class InitialPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")
    password: Password


class Why(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=2, max_length=500)
