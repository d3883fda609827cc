"""The files of a bulletin, each drawn in a child process of its own that ends: of 600 stations a copy takes some 350 MB while
it is drawn, of which the service keeps nothing."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from services.supervision.bulletins import files
from services.supervision.bulletins.bulletin import Bulletin
from shared.errors import Unavailable
from shared.ports import Workshop
from shared.ports.workshop import ChildDied


async def drawn(workshop: Workshop, bulletin: Bulletin, names: Collection[str], fonts: Path | None) -> dict[str, bytes]:
    """names: some of `files.NAMES`. One after the other. Raises Invalid for a character that no font has, Unavailable
    without fonts, or when a child did not come to its end."""
    singles = [one for one in files.NAMES if one in names and one != files.BOTH]
    if files.BOTH in names:
        singles = list(dict.fromkeys([*files.COPIES, *singles]))
    try:
        found = {one: await workshop.apart(files.draw, bulletin, one, fonts) for one in singles}
        if files.BOTH in names:
            first, second = (found[one] for one in files.COPIES)
            found[files.BOTH] = await workshop.apart(files.join, first, second)
    except ChildDied as error:
        raise Unavailable(
            "通报未能绘制完成，请稍后再试；一再如此的，请告知运行管理员 · the bulletin was not drawn to its end: try again "
            "later, and tell the operator if it happens again"
        ) from error
    return {one: found[one] for one in names}
