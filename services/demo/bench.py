"""The floor of the pipeline: the same pages, drawn alone by one process, in the same run."""

from __future__ import annotations

import asyncio
import time
from datetime import date
from typing import Any

from services.certificate.production.drawing.print_file import draw
from services.certificate.production.drawing.sheet import Sheet
from services.demo.cast import BODIES, CENTRE
from services.demo.office import Tell
from services.demo.play import Session
from shared.adapters.child_processes import ChildProcesses
from shared.contracts.reporting import LINES_PER_PAGE


def against_drawing_alone(sessions: list[Session], summary: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """`pipeline_ratio`: seconds from approval to the last print file, divided by the seconds of drawing alone."""
    alone = asyncio.run(_draw_alone(sessions, tell))
    ratio = summary["seconds"]["approve_to_certificates"] / alone
    return {"drawing_alone_seconds": round(alone, 3), "pipeline_ratio": round(ratio, 3)}


async def _draw_alone(sessions: list[Session], tell: Tell) -> float:
    files = [
        tuple(sheets[start : start + LINES_PER_PAGE])
        for session in sessions
        if (sheets := _sheets(session))
        for start in range(0, len(sheets), LINES_PER_PAGE)
    ]
    child = ChildProcesses(1)
    await child.do(
        draw, files[0][:1]
    )  # the child process, the fonts and the template are ready before the clock starts
    before = time.perf_counter()
    for n, file in enumerate(files):
        await child.do(draw, file)
        tell("只绘制 · drawing alone", n + 1, len(files))
    seconds = time.perf_counter() - before
    await child.close()
    return seconds


def _sheets(session: Session) -> list[Sheet]:
    """What the certificate service drew, from the roster and the numbers it gave."""
    by_line = {certificate["n"]: certificate for certificate in session.certificates}
    station = next(body for body in BODIES if body.code == session.station.code)
    ordered = [(n + 1, line) for n, line in enumerate(session.lines)]
    return [
        Sheet(
            certificate_no=by_line[n]["number"],
            name=line.name,
            sex=line.sex,
            birth=line.birth,
            id_type=line.id_type,
            id_number=line.id_number,
            education=line.education,
            employer=line.employer,
            occupation_zh=line.occupation_zh,
            occupation_en="occupation",
            level=line.level,
            theory=line.theory,
            practical=line.practical,
            review=line.review,
            grade=line.grade,
            issued_on=date.fromisoformat(by_line[n]["issued_on"]),
            issuer_zh=station.name_zh,
            issuer_en=station.name_en,
            centre_zh=CENTRE.name_zh,
            centre_en=CENTRE.name_en,
            verify_url=f"http://127.0.0.1:8000/certificate/v/{by_line[n]['number']}/{n:016d}",
            query_site="127.0.0.1:8000",
        )
        for n, line in ordered
    ]
