"""Computed ids of planning. A format below must never change, or a retry would no longer recognise its own work."""

from __future__ import annotations


def annual_plan_id(body: str, year: int) -> str:
    return f"{body}-{year}"


def annual_plan_before(id: str) -> str:
    """Of the same body, a year earlier."""
    body, _, year = id.rpartition("-")
    return annual_plan_id(body, int(year) - 1)


def session_id(body: str, year: int, number: int) -> str:
    """鉴定批次号: institution, year, running number within the year."""
    return f"{body}-{year}-{number:03d}"
