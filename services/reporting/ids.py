"""Computed ids of reporting. A format below must never change, or a retry would no longer recognise its own work."""

from __future__ import annotations

from shared.keeping.ids import computed


def import_id(roster: str, seal: str) -> str:
    return computed("import", roster, seal)


def page_id(import_: str, page: int) -> str:
    """page: from 0."""
    return f"{import_}-p{page:04d}"


def technician_review_id(roster: str, ticket: str) -> str:
    return computed("technician_review", roster, ticket)
