"""Passwords: hashed with argon2id, checked slowly on purpose and a few at a time; what a new one must be like."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import Invalid, Problem, Unavailable

T = TypeVar("T")

SHORTEST, LONGEST = 10, 200  # characters
SECRET_BYTES = 32  # of a machine: nobody types it, so it may be long enough that guessing is hopeless

AT_ONCE = 2
"""Password hashes computed at a time. Each takes 64 MiB on purpose (argon2id), so a rush of sign-ins must queue: without
this bound it is the process that ends, and with it everybody's sign-in."""

WAITING = 40  # sign-ins in the queue; more are turned away at once instead of keeping everybody waiting


class Queue:
    """Takes what is asked of it in order, at_once at a time, while as many wait as there is room for."""

    def __init__(self, at_once: int, room: int) -> None:
        self._at_once, self._room = at_once, room
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._unfinished, self._counting = 0, Lock()

    @property
    def waiting(self) -> int:
        return max(0, self._unfinished - self._at_once)

    async def take(self, work: Callable[..., T], *arguments: object) -> T:
        """Others go on meanwhile. Raises Unavailable when too many wait already."""
        if self.waiting >= self._room:
            raise Unavailable("登录繁忙，请稍后再试 · too many sign-ins at once, try again later")
        taken = self._threads.submit(work, *arguments)
        self._count(1)
        taken.add_done_callback(lambda _: self._count(-1))  # in its thread; or here, when whoever asked went away
        return await asyncio.wrap_future(taken)

    def _count(self, more: int) -> None:
        with self._counting:
            self._unfinished += more


_hasher = PasswordHasher()  # argon2id with the library's recommended cost
queue = Queue(AT_ONCE, WAITING)


async def slowly(hashing: Callable[..., T], *arguments: object) -> T:
    """Other requests go on meanwhile. Raises Unavailable when too many wait already."""
    return await queue.take(hashing, *arguments)


def hashed(password: str) -> str:
    return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


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
