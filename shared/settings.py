"""Settings: environment variables `JIANDING_…`, each explained where it is declared. An unknown one is refused.

Here are those of every process; what one service alone can be told it declares itself (OwnSettings). `jianding settings`
prints them all with their values (secrets hidden).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import Invalid, Problem, all_of

PREFIX = "JIANDING_"


class OwnSettings(BaseModel):
    """What one service alone can be told. Its fields are variables like all others."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=OwnSettings)


class Settings(BaseSettings):
    # An empty variable counts as not set: a compose file cannot leave one out.
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    store: str = Field("sqlite:var/data", description="sqlite:<folder> or mongodb://user:password@host/<prefix>")
    store_shared: Path | None = Field(
        None,
        description="file in which provision leaves its own JIANDING_STORE for all services, if the database makes no users",
    )
    bus: str = Field("sqlite:var/data", description="sqlite:<folder> or amqp://user:password@host/<vhost>")
    bus_admin: str = Field(
        "", description="http://user:password@host:15672 of RabbitMQ's management; default: bus's host and user"
    )
    mail: str = Field(
        "folder:var/mail",
        description="folder:<folder>, or smtp://user:password@host:port (STARTTLS), or smtps://…; "
        "smtp+plaintext://host:port lets letters travel unencrypted, for a mail catcher",
    )
    files: Path = Field(Path("var/files"), description="folder of print files, by content hash")
    fonts: Path | None = Field(None, description="folder with the Centre's own fonts, e.g. 仿宋; else Noto CJK")

    url: str = Field("http://127.0.0.1:8000", description="public address; goes into letters and QR codes")
    neighbours: str = Field(
        "http://127.0.0.1:8000",
        description="where services find each other: one URL ({service} is replaced by the name), or name=URL,name=URL",
    )
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 inside a container")
    port: int = Field(8000, description="port to listen on")
    published: str = Field(
        "",
        description="addresses of this machine that lead to a container's port, comma-separated; default: host",
    )

    password: SecretStr = Field(SecretStr(""), description="this service's own password, for its token")
    passwords: SecretStr = Field(
        SecretStr(""), description="for provisioning: name=password of every service and `operator`, comma-separated"
    )
    secrets: Path = Field(
        Path("var/passwords.json"), description="where `all` keeps the passwords it makes when `passwords` is empty"
    )
    trusted_proxies: str = Field("127.0.0.1", description="addresses whose X-Forwarded-For is believed, or *")
    metrics_from: str = Field(
        "127.0.0.0/8,::1",
        description="addresses and networks that may read /metrics, when they connect themselves and through no proxy",
    )
    connections: int = Field(
        500, ge=8, le=100_000, description="connections that one process answers at a time; one network gets a quarter"
    )
    producers: str = Field(
        "", description="codes of branch centres that get a produce queue of their own, comma-separated"
    )
    drawers: int = Field(1, ge=1, le=64, description="processes that draw certificates, in each certificate worker")
    industry: str = Field(
        "49",
        pattern=r"^([0-8]\d|9[0-8])$",
        description="industry code in certificate numbers; machinery is 49, training is 99",
    )
    training: str = Field(
        "", description="address of the training that opens the writing rights; default: our own page"
    )
    largest_upload_mb: int = Field(20, ge=1, le=200, description="largest workbook, or piece of evidence, in MB")
    disk_free_mb: int = Field(
        50,
        ge=0,
        le=1_000_000,
        description="MB that have to be free in each folder that is written to, or /readyz says that it is not ready",
    )
    oidc_issuer: str = Field(
        "", description="issuer URL of the Centre's own identity provider (OpenID Connect); empty: off"
    )
    oidc_client_id: str = Field("", description="what the identity provider calls us")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="the secret it gave us")
    oidc_claim: str = Field("preferred_username", description="claim of its ID tokens that holds the account's id")
    log: str = Field("text", pattern="^(text|json)$", description="form of log lines: text, or json for collectors")
    log_level: str = Field(
        "info",
        pattern="^(debug|info|warning)$",
        description="debug tells of health checks too; info has a line for every request, message and letter; warning for "
        "what went wrong only",
    )

    def of(self, what: type[S]) -> S:
        """A service's own part, which must be among those that were read."""
        return what.model_validate({name: getattr(self, name) for name in what.model_fields})

    @property
    def producer_codes(self) -> tuple[str, ...]:
        return tuple(sorted(code.strip() for code in self.producers.split(",") if code.strip()))

    @property
    def training_url(self) -> str:
        return self.training or f"{self.url.rstrip('/')}/directory/training"

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
