"""The books: one certificate per passed line, numbers unique and without gaps, every expected letter there."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from services.demo.play import AFTER_APPROVAL, AFTER_POSTING, Session

ON_THEIR_WAY = ("sent", "delivered", "for_digest", "gathered")
"""How letters may stand at the end: in a house that gathers them, those to offices wait for the next working day."""


def faults(sessions: list[Session], mailings: list[dict[str, Any]], acts: list[dict[str, Any]]) -> list[str]:
    """What is wrong, in sentences; empty when the books are right."""
    found: list[str] = []
    for session in sessions:
        found += _certificates(session)
        found += _print_files(session)
        found += _acts(session, acts)
        found += _letters(session, [mailing for mailing in mailings if mailing["subject_of"] == session.id])
    found += _numbers([certificate["number"] for session in sessions for certificate in session.certificates])
    return found


def _certificates(session: Session) -> list[str]:
    found: list[str] = []
    lines = Counter(certificate["n"] for certificate in session.certificates)
    missing = [n for n in range(1, len(session.lines) + 1) if lines[n] == 0]
    doubled = [n for n, count in lines.items() if count > 1]
    if missing:
        found.append(f"{session.id}: no certificate for lines {missing[:5]} ({len(missing)} in all)")
    if doubled:
        found.append(f"{session.id}: more than one certificate for lines {doubled[:5]}")
    if len(session.certificates) != len(session.lines):
        found.append(f"{session.id}: {len(session.certificates)} certificates for {len(session.lines)} passed lines")
    return found


def _print_files(session: Session) -> list[str]:
    drawn = sum(batch["drawn"] + len(batch["refused"]) for batch in session.batches)
    states = {batch["state"] for batch in session.batches}
    if drawn != len(session.lines) or states != {"produced"}:
        return [
            f"{session.id}: {drawn} of {len(session.lines)} certificates drawn or refused, batches {sorted(states)}"
        ]
    return []


def _numbers(numbers: list[str]) -> list[str]:
    """Within this play the sequences of (year, institution, level) follow one another."""
    found: list[str] = []
    if len(set(numbers)) != len(numbers):
        found.append("some number was given twice")
    by_register: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        by_register[number[:11]].append(int(number[11:]))
    for register, sequences in by_register.items():
        if sorted(sequences) != list(range(min(sequences), min(sequences) + len(sequences))):
            found.append(f"{register}: the sequence has a gap")
    return found


def _letters(session: Session, mailings: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    kinds = Counter(mailing["letter"] for mailing in mailings)
    wanted = dict.fromkeys((*AFTER_APPROVAL, *AFTER_POSTING), 1)
    wanted["certificate-on-its-way"] = session.holders_with_address
    wanted["awaiting-review"] = len(
        [step for step in ("submitted", "endorsed") if step == "submitted" or _has_branch(session)]
    )
    for kind, count in wanted.items():
        if kinds[kind] != count:
            found.append(f"{session.id}: {kinds[kind]} letters {kind}, {count} expected")
    unsent = [mailing["id"] for mailing in mailings if mailing["state"] not in ON_THEIR_WAY]
    if unsent:
        found.append(f"{session.id}: {len(unsent)} letters were not sent")
    return found


def _acts(session: Session, acts: list[dict[str, Any]]) -> list[str]:
    """Every step of the roster and its parcel was done by somebody, and no two of the deciding ones by the same (rules §8)."""
    documents = (f"roster/{session.id}", f"production/{session.id}")
    done = [act["told"] for act in acts if act["act"].split("#")[0] in documents]
    wanted = ["draft", "import", "submit", *(["endorse"] if _has_branch(session) else []), "approve", "mail", "receive"]
    found: list[str] = []
    if [act["verb"] for act in done] != wanted:
        found.append(f"{session.id}: the audit tells {[act['verb'] for act in done]}, expected {wanted}")
    deciding = [act["by"] for act in done if act["verb"] in ("import", "submit", "endorse", "approve")]
    if len(set(deciding)) != len(deciding):
        found.append(f"{session.id}: one person did what takes two")
    return found


def _has_branch(session: Session) -> bool:
    return session.station.parent != "49000001"
