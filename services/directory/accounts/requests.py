"""What may be asked of the directory over HTTP about accounts, signing in and passwords."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from services.directory.bodies.requests import Mailbox
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.trade.roles import UNGATED, Role

TRAINING = "training"  # the only scope there is: to practise

_OF_PEOPLE = tuple(role for role in Role if role not in UNGATED)


def _known_role(role: object) -> object:
    if role not in _OF_PEOPLE:
        allowed = ", ".join(_OF_PEOPLE)
        raise ValueError(f"没有这个角色，可用的有：{allowed} · there is no such role; there are: {allowed}")
    return role


PersonsRole = Annotated[Role, BeforeValidator(_known_role)]
AccountId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,60}$", examples=["zhang.wei"])]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200)]
Given = Annotated[SecretStr, Field(max_length=200)]


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


class PasswordChange(BaseModel):
    """From the old one to a new one, also from an initial one."""

    model_config = ConfigDict(extra="forbid")
    account: str = Field(max_length=64)
    old: Given
    new: Given


class ResetRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    account: str = Field(max_length=64)


class Redemption(BaseModel):
    """The token of the link in the letter, and the new password."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(max_length=2000)
    password: Given


class Token(BaseModel):
    """RFC 6749 answer of the token endpoint."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    refresh_token: str | None = Field(None, description="for people: exchange it once, with grant_type=refresh_token")
    scope: str = Field("", description="`training`: this sign-in practises, and nothing it does counts")
