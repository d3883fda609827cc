"""Letters with a signature (DKIM, RFC 6376), by which a receiving server knows that they are ours and were changed by nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.errors import Invalid
from shared.ports import Mailer, ReadyLetter

SIGNED = (
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"Reply-To",
    b"MIME-Version",
    b"Content-Type",
    b"Content-Language",
    b"Auto-Submitted",
    b"X-Jianding-Letter",
    b"List-Unsubscribe",
    b"List-Unsubscribe-Post",
)
"""Signed whether a letter has them or not: nobody can add one on the way (RFC 8058 wants the last two signed)."""
SHORTEST = 2048  # bits; shorter keys are refused by many servers


class Signer:
    def __init__(self, domain: str, selector: str, key: Path) -> None:
        """key: file of an RSA key, in PEM. Raises Invalid."""
        try:
            loaded = load_pem_private_key(key.read_bytes(), password=None)
        except OSError as error:
            raise Invalid(f"JIANDING_DKIM_KEY: 无法读取 · {key} cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Invalid(
                f"JIANDING_DKIM_KEY: 不是 PEM 格式的密钥 · {key} holds no key in PEM without password"
            ) from error
        if not isinstance(loaded, RSAPrivateKey) or loaded.key_size < SHORTEST:
            raise Invalid(
                f"JIANDING_DKIM_KEY: 须为至少 {SHORTEST} 位的 RSA 密钥 · must be an RSA key of {SHORTEST} bits at least"
            )
        # The one form that the library reads, whichever the file has.
        self._key = loaded.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        try:
            self._domain = domain.encode("idna")
        except UnicodeError as error:
            raise Invalid(f"JIANDING_DKIM_DOMAIN: {domain} 不是域名 · is no domain, like example.org") from error
        self._selector = selector.encode("ascii")

    def signed(self, content: bytes) -> bytes:
        """content: a message, lines ended by CRLF. Its signature stands in front."""
        header: bytes = dkim.sign(
            content,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(SIGNED),
        )
        return header + content


class SignedMail:
    """A mailer whose letters are signed right before they go."""

    def __init__(self, mailer: Mailer, signer: Signer) -> None:
        self._mailer, self._signer = mailer, signer

    async def send(self, letter: ReadyLetter) -> None:
        await self._mailer.send(replace(letter, content=self._signer.signed(letter.content)))

    async def close(self) -> None:
        await self._mailer.close()
