"""What may be asked over HTTP about accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from services.directory.mailbox import Mailbox
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.trade.roles import UNGATED, Role, listed

_OF_PEOPLE = tuple(role for role in Role if role not in UNGATED)


def _known_role(role: object) -> object:
    if role not in _OF_PEOPLE:
        zh, _, en = listed(_OF_PEOPLE).partition(" · ")
        raise ValueError(f"没有这个角色，{zh} · there is no such role: {en}")
    return role


PersonsRole = Annotated[Role, BeforeValidator(_known_role)]
AccountId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,60}$", examples=["zhang.wei"])]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200)]


class AccountEntry(BaseModel):
    """What may change in a person's account."""

    model_config = ConfigDict(extra="forbid")
    name: OneLine = Field(min_length=1, max_length=60, description="持有人姓名 · name of the holder", examples=["张伟"])
    email: Mailbox = Field(
        description="本人邮箱，重设密码的链接发往此处 · the person's own: links to a new password go there",
        examples=["zw@example.org"],
    )
    roles: list[PersonsRole] = Field(
        min_length=1, max_length=6, description="角色，须属于该类机构 · roles, of those that this kind of body has"
    )


class NewAccount(AccountEntry):
    id: AccountId = Field(
        description="账号，登录时输入，不再改动 · typed when signing in; never changed, never given to anybody else"
    )
    body: InstitutionCode = Field(description="所在机构编码 · institution code of where it sits")
    password: Password = Field(
        description="初始密码，持有人修改前不能登录 · initial: opens nothing until its holder has changed it"
    )


class NewMachine(BaseModel):
    """An account for a branch centre's own software."""

    model_config = ConfigDict(extra="forbid")
    id: AccountId = Field(description="账号，取令牌时作 client_id · sent as `client_id`; never changed")
    name: OneLine = Field(
        min_length=1, max_length=60, description="系统名称 · name of the software", examples=["东方分中心业务系统"]
    )
    body: InstitutionCode = Field(description="分中心机构编码 · institution code of the branch centre")


class InitialPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")
    password: Password = Field(
        description="初始密码，持有人修改前不能登录 · initial: opens nothing until its holder has changed it"
    )


class Why(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=2, max_length=500, description="理由 · why")
