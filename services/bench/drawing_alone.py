"""The floor of the pipeline: the same pages, drawn alone by one process, in the same run; and sheets to draw at all."""

from __future__ import annotations

import asyncio
import time
from datetime import date

from services.certificate.production.drawing.print_file import draw
from services.certificate.production.drawing.sheet import Sheet
from services.demo.cast import BODIES, CENTRE, ITEMS, STATIONS, People
from services.demo.office import Tell
from services.demo.play import Session
from shared.adapters.child_processes import ChildProcesses
from shared.contracts.reporting import LINES_PER_PAGE, RosterLine


def seconds_alone(sessions: list[Session], tell: Tell) -> float:
    """Of all certificates of these sessions, batch by batch in one child."""
    return asyncio.run(_draw_alone(sessions, tell))


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
    return [
        _sheet(n, line, by_line[n]["number"], date.fromisoformat(by_line[n]["issued_on"]), station.name_zh)
        for n, line in enumerate(session.lines, 1)
    ]


def lines(count: int) -> list[RosterLine]:
    """So many who passed, numbered from 1: those of the play, at a station and in an occupation that has no reviews."""
    people, found = People(), list[RosterLine]()
    while len(found) < count:
        line = people.candidate(STATIONS[0], "bench", ITEMS[0], STATIONS[0].name_zh)
        if line is not None:
            found.append(line.model_copy(update={"n": len(found) + 1}))
    return found


def sheets(count: int) -> tuple[Sheet, ...]:
    station, day = STATIONS[0], date(2026, 3, 2)
    return tuple(
        _sheet(line.n, line, f"26{station.code}{line.level}{line.n % 100_000:05d}", day, station.name_zh)
        for line in lines(count)
    )


def _sheet(n: int, line: RosterLine, number: str, issued_on: date, station: str) -> Sheet:
    return Sheet(
        certificate_no=number,
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
        issued_on=issued_on,
        issuer_zh=station,
        issuer_en=STATIONS[0].name_en,
        centre_zh=CENTRE.name_zh,
        centre_en=CENTRE.name_en,
        verify_url=f"http://127.0.0.1:8000/certificate/v/{number}/{n:016d}",
        query_site="127.0.0.1:8000",
    )
