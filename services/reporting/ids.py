"""Computed ids of reporting. A format below must never change, or a retry would no longer recognise its own work."""

from __future__ import annotations

from shared.keeping.ids import computed


def import_id(roster: str, seal: str) -> str:
    return computed("import", roster, seal)


def line_id(import_: str, n: int) -> str:
    return f"{import_}-{n:06d}"


def technician_review_id(roster: str, ticket: str) -> str:
    return computed("technician_review", roster, ticket)
