"""What queues of bodies show; a password in the answer to its making only."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.keeping.answers import DocumentAnswer


class QueueAnswer(DocumentAnswer):
    body: str = Field(description="所属机构编码 · institution code of the body whose it is")
    path: str = Field(description="所属机构及其上级，中心在前 · that body and everything above it, Centre first")
    machine: str = Field(
        description="申请它的机器账号，该账号关闭时随之撤销；由工作人员申请的为空 · the machine's account that asked for it, "
        "and with which it ends; empty where an officer did"
    )
    vhost: str = Field(description="消息服务器上的虚拟主机 · vhost on the broker")
    queue: str = Field(description="队列名称 · name of the queue")
    user: str = Field(description="用户名 · name of the user")
    cursor: int = Field(description="已投递到第几条 · number of the last entry that was put into it")
    lag: int = Field(description="尚有几条未投递 · how many entries of the feed follow that one")
    failing_since: datetime | None = Field(
        description="自何时起投递失败，正常时为空 · since when nothing went well; null while it does"
    )
    last_error: str = Field(description="失败的原因，正常时为空 · why it fails; empty while all goes well")


class PasswordAnswer(QueueAnswer):
    """With the password, which nobody can look up later."""

    password: str = Field(description="密码，只显示这一次 · its password, shown this once")
