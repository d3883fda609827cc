"""The errors of the house. The class of an error decides the fate of a message and the status of an answer.

* AppError
  + Refused          the rules say no                          park / 4xx, never retried
    - NotFound       404
    - NotAllowed     403   also violations of the four-eyes rule
      + NotTrained   403   the training gate (R2); the answer links to the training
      + SignInAgain  403   it is too long ago that the asker proved who they are; the answer says so
      + MustChangePassword 403  the initial password opens nothing; the answer links to where it is changed
    - NotSignedIn    401   no token, or one that does not verify
    - WrongState     409   carries the state it found
    - AlreadyThere   409   carries the location of what is there
    - Invalid        422   content unusable; carries every problem found, not the first
    - Unconfirmed    409   usable, once somebody has looked at what was put right in it; carries that
  + Stale            somebody wrote first                      reload, then wait / 412
    - Overtaken        what was decided on is no longer so; says what changed
  + NotYet           the cause has not arrived here            wait / 409
  + Unavailable      store, broker, mail server, neighbour     pause / 503, costs no attempt
  + TooOften         a throttle; carries when to ask again     429
  + Unreadable       not one of our contracts                  park at once
  (anything else     a bug                                     wait, then park, and alert / 500 with an id)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


class AppError(Exception):
    """Root of all errors we raise on purpose. `str(error)` is a sentence for a person."""


class Refused(AppError):
    """The rules say no; asking again changes nothing."""


class NotFound(Refused):
    """There is no such thing, or the asker's path does not reach it: both look the same on purpose."""


class NotAllowed(Refused):
    """The asker may not do this: role, body, or the four-eyes rule."""


class NotTrained(NotAllowed):
    """No valid training record: reading and practising only (R2)."""


class SignInAgain(NotAllowed):
    """The asker may, but it is too long ago that they proved who they are."""


class MustChangePassword(NotAllowed):
    """The right password, but somebody else knows it too. Carries where to change it."""

    def __init__(self, detail: str, link: str) -> None:
        super().__init__(detail)
        self.link = link


class NotSignedIn(Refused):
    """No token, an expired one, or one whose signature does not verify."""


class WrongState(Refused):
    """The sentence names the thing, its state and the verb (`shared.words`). state: for machines."""

    def __init__(self, detail: str, state: str) -> None:
        super().__init__(detail)
        self.state = state


class AlreadyThere(Refused):
    def __init__(self, detail: str, location: str) -> None:
        super().__init__(detail)
        self.location = location


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (a JSON pointer, or sheet and cell), what, and how to mend it."""

    where: str
    what: str
    fix: str = ""


def all_of(problems: Sequence[Problem]) -> str:
    """Every problem with its place in one sentence, for whoever reads nothing but that."""
    both = [(one.where, *one.what.partition(" · ")) for one in problems]
    zh = "；".join(f"{where}：{what}" for where, what, _, _ in both)
    return f"{zh} · {'; '.join(f'{where}: {what}' for where, _, _, what in both)}"


class Invalid(Refused):
    """The content is unusable. Carries all problems at once so that nobody mends one to meet the next."""

    def __init__(self, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)


class Unconfirmed(Refused):
    """The content is usable as it was understood, which somebody has to confirm. Carries what was understood otherwise
    than it was written, and the digest that the confirmation names."""

    def __init__(self, detail: str, problems: Sequence[Problem], digest: str) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)
        self.digest = digest


class Stale(AppError):
    """zh, en: what it is called, with its number; the store, which knows no names, says none."""

    def __init__(self, zh: str = "此项", en: str = "this") -> None:
        super().__init__(
            f"{zh} 已被他人修改，请重新读取后再办 · somebody changed {en} since you read it: read it again, then go on"
        )


class Overtaken(Stale):
    """What somebody decided on is no longer so. The sentence says what changed."""

    def __init__(self, detail: str) -> None:
        AppError.__init__(self, detail)


class NotYet(AppError):
    """An effect arrived before its cause; the cause is on its way."""


class Unavailable(AppError):
    """The world is down. `ping` tells a paused worker when what failed is back."""

    def __init__(self, detail: str, ping: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(detail)
        self.ping = ping


class TooOften(AppError):
    """Asked more often than is allowed. wait: seconds until the next try may be taken."""

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class Unreadable(AppError):
    """Bytes that follow none of our contracts."""
