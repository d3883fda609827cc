"""Settings: environment variables `JIANDING_…`, each explained where it is declared. An unknown one is refused.

Here are those of every process; what one service alone can be told it declares itself (OwnSettings). `jianding settings`
prints them all with their values (secrets hidden).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import Invalid, Problem, all_of
from shared.trade.ladder import Ladder

PREFIX = "JIANDING_"


def _a_ladder(text: str) -> str:
    Ladder.read(text)
    return text


LadderText = Annotated[str, AfterValidator(_a_ladder)]
"""Marks of reminders: `30,14,7,3,1,0,-1,-3` (shared.trade.ladder)."""


class OwnSettings(BaseModel):
    """What one service alone can be told. Its fields are variables like all others."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=OwnSettings)


class Settings(BaseSettings):
    # An empty variable counts as not set: a compose file cannot leave one out.
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    store: str = Field(
        "sqlite:var/data",
        description=(
            "数据库：`sqlite:<folder>` 或 `mongodb://user:password@host/<prefix>` · sqlite:<folder> or "
            "mongodb://user:password@host/<prefix>"
        ),
    )
    store_shared: Path | None = Field(
        None,
        description=(
            "数据库不能建立用户时，`provision` 把自己的 `JIANDING_STORE` 留在此文件中供各服务使用 · file in "
            "which provision leaves its own JIANDING_STORE for all services, if the database makes no users"
        ),
    )
    bus: str = Field(
        "sqlite:var/data",
        description=(
            "消息服务器：`sqlite:<folder>` 或 `amqp://user:password@host/<vhost>` · sqlite:<folder> or "
            "amqp://user:password@host/<vhost>"
        ),
    )
    bus_admin: str = Field(
        "",
        description=(
            "消息服务器的管理地址，如 `http://user:password@host:15672`；默认取消息服务器的主机和用户 · "
            "http://user:password@host:15672 of RabbitMQ's management; default: bus's host and user"
        ),
    )
    mail: str = Field(
        "folder:var/mail",
        description=(
            "信函去向：`folder:<folder>`，或 `smtp://user:password@host:port`（加密连接 STARTTLS），或 "
            "`smtps://…`；`smtp+plaintext://host:port` 不加密，供邮件收集器使用 · folder:<folder>, or "
            "smtp://user:password@host:port (STARTTLS), or smtps://…; smtp+plaintext://host:port lets letters "
            "travel unencrypted, for a mail catcher"
        ),
    )
    files: Path = Field(
        Path("var/files"), description="打印文件的文件夹，按内容摘要存放 · folder of print files, by content hash"
    )
    fonts: Path | None = Field(
        None,
        description=(
            "中心自有字体（如仿宋）的文件夹；没有则用 Noto CJK · folder with the Centre's own fonts, e.g. 仿宋; "
            "else Noto CJK"
        ),
    )

    url: str = Field(
        "http://127.0.0.1:8000",
        description="公开地址，印入信函和二维码 · public address; goes into letters and QR codes",
    )
    neighbours: str = Field(
        "http://127.0.0.1:8000",
        description=(
            "各服务的互访地址：一个地址（`{service}` 代以服务名），或 `name=URL,name=URL` · where services find "
            "each other: one URL ({service} is replaced by the name), or name=URL,name=URL"
        ),
    )
    host: str = Field(
        "127.0.0.1", description="监听地址；容器内为 `0.0.0.0` · address to listen on; 0.0.0.0 inside a container"
    )
    port: int = Field(8000, description="监听端口 · port to listen on")
    published: str = Field(
        "",
        description=(
            "本机通向容器端口的地址，以逗号分隔；默认同监听地址 · addresses of this machine that lead to a "
            "container's port, comma-separated; default: host"
        ),
    )

    password: SecretStr = Field(
        SecretStr(""), description="本服务自己的密码，用于取得令牌 · this service's own password, for its token"
    )
    passwords: SecretStr = Field(
        SecretStr(""),
        description=(
            "供 `provision` 使用：各服务和 `operator` 的 `name=password`，以逗号分隔 · for provisioning: "
            "name=password of every service and `operator`, comma-separated"
        ),
    )
    secrets: Path = Field(
        Path("var/passwords.json"),
        description=(
            "`passwords` 为空时，`all` 自行生成的密码的存放处 · where `all` keeps the passwords it makes when "
            "`passwords` is empty"
        ),
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description=(
            "采信其 `X-Forwarded-For` 的地址，即入口和网页服务的地址，或 `*` · addresses whose X-Forwarded-For is believed: "
            "those of the gateway and of the console, or *"
        ),
    )
    metrics_from: str = Field(
        "127.0.0.0/8,::1",
        description=(
            "可以直接（不经代理）读取 `/metrics` 的地址和网段 · addresses and networks that may read /metrics, "
            "when they connect themselves and through no proxy"
        ),
    )
    connections: int = Field(
        500,
        ge=8,
        le=100_000,
        description=(
            "一个进程同时应答的连接数；同一网段最多占四分之一 · connections that one process answers at a time; "
            "one network gets a quarter"
        ),
    )
    producers: str = Field(
        "",
        description=(
            "有自己的制证队列的分中心编码，以逗号分隔 · codes of branch centres that get a produce queue of "
            "their own, comma-separated"
        ),
    )
    drawers: int = Field(
        1,
        ge=1,
        le=64,
        description="每个证书消费者中绘制证书的进程数 · processes that draw certificates, in each certificate worker",
    )
    industry: str = Field(
        "49",
        pattern=r"^([0-8]\d|9[0-8])$",
        description=(
            "证书编号中的行业代码；机械为 49，培训为 99 · industry code in certificate numbers; machinery is 49, "
            "training is 99"
        ),
    )
    training: str = Field(
        "",
        description=(
            "开通办理权限的培训的网址；默认为本系统的页面 · address of the training that opens the writing "
            "rights; default: our own page"
        ),
    )
    largest_upload_mb: int = Field(
        20,
        ge=1,
        le=200,
        description="工作簿或一件证据的大小上限，单位 MB · largest workbook, or piece of evidence, in MB",
    )
    disk_free_mb: int = Field(
        50,
        ge=0,
        le=1_000_000,
        description=(
            "每个写入的文件夹须有的剩余空间，单位 MB；不足时 `/readyz` 显示未就绪 · MB that have to be free in each folder "
            "that is written to, or /readyz says that it is not ready"
        ),
    )
    oidc_issuer: str = Field(
        "",
        description=(
            "中心自有统一身份认证的签发者网址（OpenID Connect）；为空则不启用 · issuer URL of the Centre's own "
            "identity provider (OpenID Connect); empty: off"
        ),
    )
    oidc_client_id: str = Field(
        "", description="统一身份认证给本系统的客户端标识 · what the identity provider calls us"
    )
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="统一身份认证给本系统的密钥 · the secret it gave us"
    )
    oidc_claim: str = Field(
        "preferred_username",
        description="统一身份认证的身份令牌中载明账号的字段 · claim of its ID tokens that holds the account's id",
    )
    workdays: Path | None = Field(
        None,
        description=(
            "节假日调休文件（`.csv`：日期、休或班、国务院通知文号）；写明 10 月 1 日的年份整年替换自带的，其余各行只作补充；"
            "默认只用自带的 · CSV file of days that are off or worked on against the week; a year of which it names 1 October "
            "takes the place of ours, other rows are added to it; default: ours alone"
        ),
    )
    endorsement_days: int = Field(
        5,
        ge=1,
        le=250,
        description="分中心审核一份报送材料的工作日数 · working days of a branch centre to review a form",
    )
    approval_days: int = Field(
        10, ge=1, le=250, description="中心批准一份报送材料的工作日数 · working days of the Centre to decide on a form"
    )
    review_ladder: LadderText = Field(
        "1,0,-1,-3",
        description=(
            "审核、批准、抽题的提醒级：期限前的天数，逾期为负 · reminders of reviews and of draws of papers: days before "
            "the last day"
        ),
    )
    icp: str = Field(
        "", max_length=60, description="页脚的 `ICP` 备案号；为空不显示 · ICP record number in the footer; empty: none"
    )
    police_record: str = Field(
        "",
        max_length=60,
        description="页脚的公安联网备案号；为空不显示 · record number of the public security organ in the footer; empty: none",
    )
    help_line: str = Field(
        "",
        max_length=120,
        description="每页的联系方式（电话、工作时间）；为空不显示 · whom to ask, on each page (telephone, hours); empty: none",
    )
    log: str = Field(
        "text",
        pattern="^(text|json)$",
        description="日志格式：`text` 供人阅读，`json` 供采集 · form of log lines: text, or json for collectors",
    )
    log_level: str = Field(
        "info",
        pattern="^(debug|info|warning)$",
        description=(
            "日志的详细程度：`debug` 连健康检查也记录；`info` 每个请求、消息和信函各记一行；`warning` 只记出错的 · debug tells "
            "of health checks too; info has a line for every request, message and letter; warning for what went wrong only"
        ),
    )

    def of(self, what: type[S]) -> S:
        """A service's own part, which must be among those that were read."""
        return what.model_validate({name: getattr(self, name) for name in what.model_fields})

    @property
    def producer_codes(self) -> tuple[str, ...]:
        return tuple(sorted(code.strip() for code in self.producers.split(",") if code.strip()))

    @property
    def training_url(self) -> str:
        return self.training or f"{self.url.rstrip('/')}/training"

    def address_of(self, service: str) -> str:
        """Base URL of a service, without the path it answers under. Raises Invalid."""
        if "=" not in self.neighbours:
            return self.neighbours.format(service=service).rstrip("/")
        known = dict(pair.strip().split("=", 1) for pair in self.neighbours.split(",") if "=" in pair)
        if service not in known:
            raise Invalid(f"{PREFIX}NEIGHBOURS 未写明服务的地址 · {PREFIX}NEIGHBOURS does not say where {service} is")
        return known[service].rstrip("/")

    def all_passwords(self) -> dict[str, str]:
        pairs = (pair.partition("=") for pair in self.passwords.get_secret_value().split(",") if pair.strip())
        return {name.strip(): password.strip() for name, _, password in pairs}


def with_own(parts: Iterable[type[OwnSettings]]) -> type[Settings]:
    """The settings of every process together with those that services declare."""
    own = {name: (field.annotation, field) for part in parts for name, field in part.model_fields.items()}
    return create_model("Settings", __base__=Settings, **own)  # type: ignore[call-overload,no-any-return]


def read_settings(what: type[Settings], **overrides: object) -> Settings:
    """From the environment, strictly. Raises Invalid naming every variable that is unknown or has an impossible value."""
    known = {PREFIX + name.upper() for name in what.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise Invalid(
            f"没有这些设置 · unknown settings: {', '.join(unknown)}",
            [
                Problem(
                    where=name,
                    what="没有这项设置 · no such setting",
                    fix="全部设置见 `jianding settings` · `jianding settings` lists them",
                )
                for name in unknown
            ],
        )
    try:
        return what(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:  # without the values: one of them may be a secret
        wrong = {
            f"{PREFIX}{one['loc'][0]}".upper(): f"设置有误 · {one['msg']}" for one in error.errors(include_input=False)
        }
        problems = [Problem(where=name, what=what) for name, what in wrong.items()]
        raise Invalid(all_of(problems), problems) from None
