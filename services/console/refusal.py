"""A service's no, as a page says it: the sentence, and what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from shared.errors import AppError
from shared.ports.others.interfaces import Reply

NOT_SIGNED_IN: Final = 401
STALE: Final = 412
"""Of HTTP."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. where: JSON pointer into what was sent, or sheet and cell."""

    where: str
    what: str
    fix: str = ""


class Refusal(AppError):
    """status: of HTTP. more: what the problem says besides (`state`, `confirm`, `password` …)."""

    def __init__(self, status: int, sentence: str, faults: tuple[Fault, ...] = (), **more: Any) -> None:
        super().__init__(sentence)
        self.status, self.faults, self.more = status, faults, more

    @classmethod
    def of(cls, reply: Reply) -> Refusal:
        try:
            said = reply.json()
            faults = tuple(Fault(one["where"], one["what"], one.get("fix", "")) for one in said.get("errors", ()))
            known = ("status", "detail", "errors", "type", "title", "instance")
            more = {name: value for name, value in said.items() if name not in known}
            return cls(reply.status, str(said["detail"]), faults, **more)
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls(
                502, f"系统应答有误，请稍后再试 · a service answered something that nobody can read: {reply.status}"
            )

    @property
    def is_stale(self) -> bool:
        """Somebody else changed the document since its page was opened."""
        return self.status == STALE

    def at(self, field_name: str) -> tuple[Fault, ...]:
        """What is wrong with this field of a form, and below it."""
        pointer = f"/{field_name}"
        return tuple(one for one in self.faults if one.where == pointer or one.where.startswith(f"{pointer}/"))


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody typed and could not send, because the session had ended. action: where it was going."""

    action: str
    fields: tuple[tuple[str, str], ...] = field(default_factory=tuple)
