"""Workshops and a quarantine without child processes: what is drawn or read comes back in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable
from typing import Any

from services.certificate.production.drawing.glyphs import missing_in
from services.certificate.production.drawing.in_a_child import draw_what_can_be
from shared.ports import Work


class PaperWorkshop:
    """Draws print files in no time, the same bytes for the same sheets; a page is a row of text. Everything else is really
    done."""

    async def begin(self, first: Callable[..., Any], *given: Any) -> None: ...

    async def do(self, work: Callable[..., Any], *given: Any) -> Any:
        if work is not draw_what_can_be:
            return await asyncio.to_thread(work, *given)
        sheets, fonts = given
        await asyncio.sleep(0)
        lacking = {sheet.certificate_no: found for sheet in sheets if (found := missing_in(sheet, fonts))}
        drawn = [repr(sheet) for sheet in sheets if sheet.certificate_no not in lacking]
        return lacking, "\n".join([f"%PDF of {len(drawn)}", *drawn]).encode() if drawn else b""

    async def apart(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.to_thread(work, *given)


class ThreadWorkshop:
    """Does in a thread what child processes would do."""

    async def begin(self, first: Callable[..., Any], *given: Any) -> None: ...

    async def do(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.to_thread(work, *given)

    apart = do


class InProcess:
    """Reads in a thread what belongs into a child: for files that a test made itself."""

    async def examine(
        self,
        work: Work,
        question: bytes,
        content: AsyncIterable[bytes],
        hear: Callable[[bytes], None] | None = None,
    ) -> bytes:
        whole = b"".join([piece async for piece in content])

        def read() -> bytes:
            answer = work.read(question, whole)
            answer = answer if isinstance(answer, bytes) else b"".join(answer)
            if hear is None:
                return answer
            hear(answer)
            return b""

        return await asyncio.to_thread(read)

    async def close(self) -> None: ...
