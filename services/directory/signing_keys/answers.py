"""What is shown of the keys that sign tokens: to everybody the public halves, to the operator their course; nobody sees a
private half."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.keeping.answers import Answer, DocumentAnswer


class SigningKeyAnswer(DocumentAnswer):
    made_at: datetime | None = Field(
        description="生成时间，首个版本的密钥未记录则为空 · when it was made; null for a key of the first release"
    )
    retired_at: datetime | None = Field(
        description="停止签名的时间，仍在签名为空 · when another one took its place; null before"
    )


class PublicKeyAnswer(Answer):
    """One public key (RFC 7517, RFC 8037)."""

    kty: str = Field(description="密钥类型 · type of the key")
    crv: str = Field(description="曲线 · curve")
    x: str = Field(description="公钥 · the public key")
    use: str = Field(description="用途：签名 · what it is for: `sig`")
    kid: str = Field(description="密钥编号，令牌头部以此指明 · id of the key, which the header of a token names")


class PublishedKeysAnswer(Answer):
    """RFC 7517 key set."""

    keys: list[PublicKeyAnswer] = Field(description="现行有效的公钥 · the public keys that count now")
