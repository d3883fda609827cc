"""Computed ids of the certificate service. A format must never change, or a retry would not recognise its own work."""

from __future__ import annotations

from shared.keeping.ids import computed


def register_id(year: int, institution: str, level: int) -> str:
    return f"{year}-{institution}-{level}"


def batch_id(roster: str, page: int) -> str:
    return f"{roster}-b{page:04d}"


def certificate_id(roster: str, n: int) -> str:
    return computed("certificate", roster, n)
