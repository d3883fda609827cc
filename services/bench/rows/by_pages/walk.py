"""The whole road by pages alone, from an annual plan to a verified certificate. Bodies, licences, accounts and trainings are
there before."""

from __future__ import annotations

from services.bench.rows.by_pages import issuing, planning, reporting
from services.bench.rows.by_pages.road import Road


async def walk(road: Road) -> str:
    """The session. Raises Stuck, and what the browser raises where something is not on a page within its time."""
    await planning.annual_plan(road)
    id = await planning.session_plan(road)
    lines = await reporting.roster(road, id)
    await issuing.printing(road, id)
    await issuing.posting(road, id)
    await issuing.receipt(road, id, len(lines))
    await issuing.look_up(road, id, lines)
    await issuing.reading(road, id)
    await road.leave()
    return id
