"""The next document number of a year: given to one bulletin at a time, without gaps, whatever dies on the way.

The claim is one write, the bulletin with its number the next. In between the process may die, or be slow. Whoever comes
after it takes the number over, and then writes the unpublished bulletin once more as it is: that makes it a newer version
than the slow one read, so its write is refused. In this order, or it could claim once more what it just lost.
"""

from __future__ import annotations

from datetime import datetime

from services.supervision.bulletins.bulletin import PUBLISHED, Bulletin
from services.supervision.bulletins.number_series import DocumentNumber, NumberSeries, numbered
from shared.errors import NotYet
from shared.keeping import repository
from shared.ports import Store
from shared.trade.deadline import local_day


async def claim(store: Store, bulletin: str, now: datetime, prefix: str) -> DocumentNumber:
    """For a bulletin that was read before and will be written next. Raises NotYet while another one is being published."""
    year = local_day(now).year

    async def once() -> DocumentNumber:
        series = await repository.seek(store, NumberSeries, str(year)) or NumberSeries(id=str(year))
        rivals = [one for id in series.claimants if id != bulletin and (one := await _read(store, id))]
        if any(_used(one, series) for one in rivals):
            series.settle()
            rivals = []
        drafts = [one for one in rivals if one.state != PUBLISHED]
        if drafts and series.claimed_by != bulletin and series.is_waiting(now):
            raise NotYet(
                f"通报 {series.claimed_by} 正在发布，请稍后再试 · {series.claimed_by} is being published, try again in a minute"
            )
        if series.claimed_by != bulletin:
            series.claim(bulletin, now, [one.id for one in drafts])
            if not await repository.save_if_first(store, series):
                raise series.WORDS.stale(series.id)
        for id in series.displaced:
            await _shut_out(store, id, series)
        return numbered(prefix, year, series.following)

    return await repository.in_turn(once, repository.TRIES)


async def _shut_out(store: Store, id: str, series: NumberSeries) -> None:
    """So that nobody writes this bulletin who read it before. Raises Stale where somebody did so at the last moment."""
    displaced = await _read(store, id)
    if displaced is not None and displaced.state != PUBLISHED:
        await repository.save(store, displaced)
    elif displaced is not None and _used(displaced, series):
        raise displaced.WORDS.stale(id)


async def _read(store: Store, id: str) -> Bulletin | None:
    return await repository.seek(store, Bulletin, id)


def _used(bulletin: Bulletin, series: NumberSeries) -> bool:
    """Whether it was published with the number that is given next."""
    published = bulletin.published_at
    return published is not None and (str(local_day(published).year), bulletin.serial) == (series.id, series.following)
