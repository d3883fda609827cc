"""Computed ids of supervision. A format below must never change, or a retry would no longer recognise its own work."""

from __future__ import annotations

from shared.keeping.ids import computed


def record_id(what: str, subject: str) -> str:
    """One fact that is counted; `subject`: the document, with the fact's number where each of its facts counts."""
    return f"{what}/{subject}"


def work_report_id(body: str, quarter: str) -> str:
    return f"{body}-{quarter}"


def bulletin_id(quarter: str, correction: int = 0) -> str:
    """`2026-Q1`; of its corrections `2026-Q1-2`, `2026-Q1-3`."""
    return f"{quarter}-{correction + 1}" if correction else quarter


def next_bulletin_id(id: str) -> str:
    """Of the bulletin that would correct this one."""
    quarter, n = id[:7], id[8:]
    return bulletin_id(quarter, int(n) if n.isdecimal() else 1)


def inspection_id(request: str) -> str:
    return computed("inspection", request)


def violation_id(request: str) -> str:
    """Of a violation raised by hand. One that a foreign number raised has the id of the find: foreign_number_id."""
    return computed("violation", request)


def sanction_id(request: str) -> str:
    return computed("sanction", request)
