"""The keys that deliveries are signed with (Standard Webhooks 1.0), and how they are kept.

Whoever signs needs the key itself, so a hash will not do. It is sealed under a key that stands in no database and in no
backup of one: whoever gets hold of a copy signs nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Invalid, Problem, Unavailable

PREFIX: Final = "whsec_"
SHORTEST, LONGEST, DRAWN = 24, 64, 32  # bytes; the standard has the first two
_NONCE: Final = 12

NO_SEAL = (
    "系统尚未设置推送密钥的保管密钥，请告知运行管理员设置 JIANDING_WEBHOOK_KEY · "
    "no key is set that secrets of webhooks could be kept under: tell the operator (JIANDING_WEBHOOK_KEY)"
)
UNSEALED = (
    "签名密钥已无法读取（保管密钥已更换），请更换签名密钥 · "
    "the secret cannot be read any more, for it was kept under another key: renew it"
)


def drawn() -> str:
    return PREFIX + base64.b64encode(os.urandom(DRAWN)).decode()


def read(secret: str) -> bytes:
    """The key that a secret stands for. Raises Invalid."""
    try:
        if not secret.startswith(PREFIX):
            raise _unusable("应以 `whsec_` 开头 · begins with `whsec_`")
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:  # binascii.Error is one
        raise _unusable("`whsec_` 之后应为 Base64 · what follows `whsec_` is base64") from error
    if not SHORTEST <= len(key) <= LONGEST:
        raise _unusable(
            f"密钥应有 {SHORTEST} 至 {LONGEST} 个字节，此处为 {len(key)} 个 · "
            f"a key has {SHORTEST} to {LONGEST} bytes, and this one {len(key)}"
        )
    return key


def _unusable(what: str) -> Invalid:
    return Invalid("签名密钥不能使用 · this secret cannot be used", [Problem("/secret", what)])


def signature(key: bytes, message: str, timestamp: int, content: bytes) -> str:
    """message: id of the message. timestamp: seconds since 1970."""
    signed = f"{message}.{timestamp}.".encode() + content
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


class Seal:
    """secret: empty where none was set; nothing can be kept then."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"webhook keys/" + secret.encode()).digest()) if secret else None

    def __repr__(self) -> str:
        return "Seal(…)"

    def close(self, secret: str, webhook: str) -> str:
        """As it is stored. It opens for this webhook only. Raises Invalid for what is no secret, Unavailable."""
        read(secret)
        if self._cipher is None:
            raise Unavailable(NO_SEAL)
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), webhook.encode())).decode()

    def open(self, closed: str, webhook: str) -> str:
        """Raises Unavailable where it was closed under another key."""
        if self._cipher is None:
            raise Unavailable(NO_SEAL)
        raw = base64.b64decode(closed)
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], webhook.encode()).decode()
        except InvalidTag as error:
            raise Unavailable(UNSEALED) from error

    def opens(self, closed: str, webhook: str) -> bool:
        """Whether it was closed under this key."""
        try:
            self.open(closed, webhook)
        except Unavailable:
            return False
        return True
