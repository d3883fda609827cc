"""特批: what a rule forbids and the Centre may let through, with a reason that stands in the form for good.

A form names what it needs a reason for; the approval gives one for each, and for nothing else. What nobody may let through
is refused elsewhere, without a word of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.actor import Actor
from shared.errors import Invalid, Problem


@dataclass(frozen=True, slots=True)
class Needed:
    """rule: which one is broken, and where it is broken in several places, by which line: `lead_time`,
    `certified_before/17`. what: how, as a sentence."""

    rule: str
    what: str


class Granted(BaseModel):
    """One exception as it was made: by whom, when and why."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    rule: str
    what: str
    reason: str
    by: str
    name: str
    at: datetime


def granted(needed: Iterable[Needed], reasons: Mapping[str, str], by: Actor, at: datetime) -> list[Granted]:
    """Each exception that is needed, with its reason. Raises Invalid with every one that lacks it, and with every reason
    that nothing needs: it was given for what is no longer so, and must not seem to be recorded."""
    needed = list(needed)
    wrong = [
        Problem(
            _where(one.rule),
            one.what,
            f"中心特批须说明理由：在 `exceptions` 中写 `{one.rule}` · to let it through, the Centre gives its reason "
            f"under {one.rule} in exceptions",
        )
        for one in needed
        if not reasons.get(one.rule, "").strip()
    ]
    wrong += [
        Problem(
            _where(rule),
            "此项无须特批 · nothing here needs this exception",
            "请删去 · leave it out",
        )
        for rule in sorted(reasons.keys() - {one.rule for one in needed})
    ]
    if wrong:
        raise Invalid("须经中心特批并说明理由 · the Centre has to make an exception, and say why", wrong)
    return [
        Granted(rule=one.rule, what=one.what, reason=reasons[one.rule].strip(), by=by.id, name=by.name, at=at)
        for one in needed
    ]


LONGEST_ENTRY = 2000
"""Characters of an entry in the audit chain; the form itself keeps every reason whole."""


def entry_of(exceptions: Sequence[Granted]) -> str:
    """What the audit trail says of an approval: each rule with its reason."""
    said = "; ".join(f"{one.rule}: {one.reason}" for one in exceptions)
    return said if len(said) <= LONGEST_ENTRY else f"{said[: LONGEST_ENTRY - 20]}… ({len(exceptions)})"


def _where(rule: str) -> str:
    """JSON pointer to the reason of an exception (RFC 6901: a slash in a key is written ~1)."""
    return "/exceptions/" + rule.replace("~", "~0").replace("/", "~1")
