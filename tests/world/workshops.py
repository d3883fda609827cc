"""Workshops without child processes: what is drawn comes back in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from services.certificate.production.drawing.print_file import draw


class PaperWorkshop:
    """Draws print files in no time, the same bytes for the same sheets; a page is a row of text."""

    async def do(self, work: Callable[..., Any], *given: Any) -> bytes:
        assert work is draw, "nothing else is done here"
        sheets, _ = given
        await asyncio.sleep(0)
        return "\n".join([f"%PDF of {len(sheets)}", *(repr(sheet) for sheet in sheets)]).encode()


class ThreadWorkshop:
    """Does in a thread what child processes would do."""

    async def do(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.to_thread(work, *given)
