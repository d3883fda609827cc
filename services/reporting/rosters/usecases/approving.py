"""What every step on the way up looks at besides the roster itself: its lines, page by page."""

from __future__ import annotations

from collections import Counter
from typing import Final

from services.reporting.rosters.roster import Checked, Roster
from services.reporting.rosters.usecases import certifying
from services.reporting.rosters.workbook.rules import Rules, full_years
from shared.errors import Invalid, Problem
from shared.ports import Store

MOST_NAMED: Final = 1000  # lines of a refusal; nobody reads more


async def check(store: Store, roster: Roster) -> None:
    """Lines that were imported by an earlier release went by the day in the workbook: they are looked at once by the day of
    the session. Raises Invalid with those who were too young."""
    if not roster.pages or (roster.checked is not None and roster.checked.held_on == roster.held_on):
        return
    youngest, passed, wrong = Rules().youngest, Counter[tuple[str, int]](), []
    async for page in certifying.lines_of(store, roster):
        passed.update((line.occupation, line.level) for line in page)
        wrong += [
            Problem(
                f"/lines/{line.n}",
                f"第 {line.n} 行 {line.ticket}：鉴定之日 {roster.held_on} 未满 {youngest} 周岁 · younger than {youngest} on the "
                "day of the exam",
                "请退回本站，改正后重新导入 · send the roster back, and import it anew without this line",
            )
            for line in page
            if full_years(line.birth, roster.held_on) < youngest
        ]
    if wrong:
        raise Invalid(
            f"名册中有 {len(wrong)} 人鉴定之日未满 {youngest} 周岁 · {len(wrong)} in this roster were younger than {youngest} "
            "on the day of the exam",
            wrong[:MOST_NAMED],
        )
    roster.checked = Checked.of(roster.held_on, passed)
