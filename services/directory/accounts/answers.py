"""What is shown of an account: never anything of its password, nor of what guessing at it left."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.keeping.answers import Answer, DocumentAnswer
from shared.trade.roles import Role


class AccountAnswer(DocumentAnswer):
    name: str = Field(description="姓名，机器账号为系统名称 · name of the holder, or of the software")
    body: str = Field(
        description="所在机构编码，由部署程序维护的账号为空 · "
        "institution code of where it sits; empty for what provisioning keeps"
    )
    path: str = Field(description="所在机构及其上级，中心在前 · that body and everything above it, Centre first")
    roles: list[Role] = Field(description="角色 · roles")
    machine: bool = Field(description="是否机器账号 · whether it is a machine's")
    email: str = Field(description="本人邮箱，机器账号为空 · the holder's own mailbox; empty for a machine")
    reference: str = Field(
        serialization_alias="ref",
        description="账号代号，消息中以此代替账号 · its reference, which events have in place of its id",
    )
    must_change_password: bool = Field(
        description="须先修改初始密码 · whether the initial password must be changed first"
    )
    locked_until: datetime | None = Field(
        description="锁定至何时，未锁定为空 · until when it is locked after too many wrong passwords; null if never"
    )
    epoch: int = Field(
        description="访问被提前终止的次数，此前签发的令牌一律失效 · "
        "how often its access was ended early; tokens signed before are void"
    )


class MachineAnswer(AccountAnswer):
    """With the secret, which nobody can look up later."""

    secret: str = Field(description="机器密钥，只显示这一次 · its secret, shown this once")


class MachineStateAnswer(Answer):
    """For whoever works on behalf of a machine."""

    open: bool = Field(
        description="机器账号是否仍可使用 · whether there is such a machine's account, neither closed nor at a body whose "
        "standing ended"
    )


class OwnAccountAnswer(AccountAnswer):
    """One's own, and what this token is good for."""

    practising: bool = Field(
        description="是否在培训模式中练习 · whether this sign-in practises: nothing it does counts"
    )
    trained: bool = Field(description="今日是否有有效的培训记录 · whether a training record is valid today")
    at: str = Field(
        description="当前办理业务的机构编码，练习时为其培训镜像 · "
        "institution code of where the caller works now; that of its twin while practising"
    )
    sign_in: str = Field(
        description="令牌所属的登录，机器账号为空 · the sign-in that the token belongs to; empty for machines"
    )
