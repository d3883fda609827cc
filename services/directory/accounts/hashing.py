"""Passwords: what is kept of one, and what a new one must be like.

What people choose is hashed with argon2id, slow on purpose. What a machine drew by chance nobody guesses, however fast:
HMAC-SHA256 with a salt of its own keeps it, and it opens without waiting for anybody (docs/decisions/0026-fair-sign-ins.md).
"""

from __future__ import annotations

import hmac
import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import Invalid, Problem

SHORTEST, LONGEST = 10, 200  # characters
SECRET_BYTES = 32  # of a machine: nobody types it, so it may be long enough that guessing is hopeless

SHORTEST_DRAWN, DIFFERENT = 32, 18
"""Characters that 24 random bytes have in base64 for addresses, and how many different ones among them at least: about 25
are to be expected, and in one of ten thousand draws there are fewer than 18."""

_DRAWN = re.compile(rf"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9_-]{{{SHORTEST_DRAWN},{LONGEST}}}")
_KEPT_FAST = "$hmac-sha256$"  # then the salt and the digest, both in hexadecimal

_hasher = PasswordHasher()  # argon2id with the library's recommended cost


def hashed(password: str) -> str:
    """With argon2id: a tenth of a second and 64 MiB."""
    return _hasher.hash(password)


def hashed_fast(secret: str) -> str:
    """For what was drawn by chance, 192 bits or more. The salt keeps apart two accounts that were given the same one."""
    salt = secrets.token_bytes(16)
    return f"{_KEPT_FAST}{salt.hex()}${_digest(salt, secret)}"


def hashed_as_fits(password: str) -> str:
    """What provisioning was given: fast if it looks drawn by chance, else as dear as a person's."""
    return hashed_fast(password) if looks_drawn(password) else hashed(password)


def looks_drawn(password: str) -> bool:
    """Whether it looks like 24 random bytes or more (`secrets.token_urlsafe`, as `make secrets` draws them). Nobody can
    know that: a long sentence with capitals and digits may pass for one. One draw in two hundred has no digit and does not
    pass; it is hashed slowly, which is never wrong."""
    return _DRAWN.fullmatch(password) is not None and len(set(password)) >= DIFFERENT


def is_fast(password_hash: str) -> bool:
    return password_hash.startswith(_KEPT_FAST)


def fits(password_hash: str, password: str) -> bool:
    """Of either kind; slow for the slow one."""
    if is_fast(password_hash):
        salt, _, digest = password_hash.removeprefix(_KEPT_FAST).partition("$")
        return hmac.compare_digest(_digest(bytes.fromhex(salt), password), digest)
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(salt: bytes, secret: str) -> str:
    return hmac.digest(salt, secret.encode(), "sha256").hex()


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def must_be_good(new: str, account: str, where: str) -> None:
    """Length and nothing taken from the account's own id: what people guess first. No rules about kinds of characters,
    which only lead to passwords on notes. Raises Invalid with everything that is wrong with it."""
    problems = []
    if not SHORTEST <= len(new) <= LONGEST:
        problems.append(Problem(where, f"密码须为 {SHORTEST} 至 {LONGEST} 个字符 · {SHORTEST} to {LONGEST} characters"))
    if account.casefold() in new.casefold():
        problems.append(Problem(where, "密码不得包含账号 · a password must not contain the account"))
    if problems:
        raise Invalid("新密码不符合要求 · this cannot be the new password", problems)


def must_be_another(same: bool, where: str) -> None:
    """Raises Invalid."""
    if same:
        raise Invalid(
            "新密码不符合要求 · this cannot be the new password",
            [Problem(where, "新密码与原密码相同 · the new password is the old one")],
        )


NOBODY = hashed("nobody has this password")
"""Verified where there is no account, so that an unknown one takes as long to refuse as a wrong password."""
