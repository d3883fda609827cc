"""The procedure, act by act: session plans, rosters, certificates, letters, parcels, receipts. Before it: `opening.py`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from secrets import randbelow
from typing import Any

from services.demo.cast import BODIES, CENTRE, ITEMS, OFFICERS, PANEL, STATIONS, Body, People, heads
from services.demo.clerk import Refusal
from services.demo.office import Office
from services.demo.patient_clerk import PatientClerk
from shared.contracts.reporting import RosterLine
from shared.forms.form6.writing import SheetContent, write
from shared.trade.deadline import CHINA

AFTER_APPROVAL = ("approved", "production-order", "certificates-ready", "certificates-made")
FORMS_TOGETHER = 500  # approval forms of technicians in one request
AFTER_POSTING = ("certificates-mailed", "certificate-on-its-way")

PAPER_SETS = 3


@dataclass
class Session:
    """One appraisal session of the play and what became of it."""

    station: Body
    id: str
    examined: int
    held_on: date
    lines: list[RosterLine]
    production: dict[str, Any] = field(default_factory=dict)
    certificates: list[dict[str, Any]] = field(default_factory=list)
    batches: list[dict[str, Any]] = field(default_factory=list)

    @property
    def holders_with_address(self) -> int:
        return sum(1 for line in self.lines if line.email)


class Play:
    def __init__(self, office: Office, folder: Path) -> None:
        self._office, self._folder, self._tell, self.clerk = office, folder, office.tell, office.clerk
        self.seconds: dict[str, float] = {}

    async def sessions(self, year: int, candidates: int) -> list[Session]:
        people, planned = People(await self.came_before()), heads(candidates)
        sessions: list[Session] = []
        for n, station in enumerate(STATIONS):
            self._tell("鉴定计划 · session plans", n, len(STATIONS))
            clerk = self.clerk(station, "station_clerk")
            before = await clerk.everything("/plan/session-plans")
            number = 1 + max((plan["number"] for plan in before if plan["year"] == year), default=0)
            rows = [(item, count) for item, count in zip(ITEMS, planned[n], strict=True) if count]
            if not rows:
                continue
            held_on = today()
            items = [
                {"occupation": item.occupation, "level": item.level, "heads": count, "paper_sets": PAPER_SETS}
                for item, count in rows
            ]
            plan = {
                "year": year,
                "number": number,
                "held_on": held_on.isoformat(),
                "place": "示例考场",
                "in_charge": OFFICERS["station_head"],
                "items": items,
            }
            made = await clerk.create("/plan/session-plans", plan, f"demo/session/{station.code}/{year}/{number}")
            await self._office.up(station, f"/plan/session-plans/{made['id']}")
            await self._draw(f"/plan/session-plans/{made['id']}")
            lines = [
                line
                for item, count in rows
                for _ in range(count)
                if (
                    line := people.candidate(
                        station, made["id"], item, f"{station.name_zh.removesuffix('鉴定站')}有限公司"
                    )
                )
            ]
            sessions.append(Session(station, made["id"], sum(planned[n]), held_on, lines))
        self._tell("鉴定计划 · session plans", len(STATIONS), len(STATIONS))
        return [session for session in sessions if session.lines]

    async def came_before(self) -> int:
        """Candidates of all earlier runs against the same deployment."""
        plans = await self.clerk(CENTRE, "centre_clerk").everything("/plan/session-plans")
        return sum(item["heads"] for plan in plans for item in plan["items"])

    async def _draw(self, document: str) -> None:
        """The Centre's clerk draws the papers of a session, the auditor watches."""
        clerk = self.clerk(CENTRE, "centre_clerk")
        while True:
            found, etag = await clerk.look(document)
            if found["draws"]:
                return
            sets = [
                {"occupation": item["occupation"], "level": item["level"], "set": 1 + randbelow(PAPER_SETS)}
                for item in found["items"]
            ]
            try:
                await clerk.act(document, "draw", etag, json={"sets": sets, "witness": OFFICERS["auditor"]})
            except Refusal as refusal:
                if refusal.status != 412:
                    raise

    async def rosters(self, sessions: list[Session]) -> None:
        for n, session in enumerate(sessions):
            self._tell("导入并呈报名册 · rosters from workbooks", n, len(sessions))
            clerk = self.clerk(session.station, "station_clerk")
            entry = {
                "session": session.id,
                "attendance": {"applied": session.examined, "accepted": session.examined, "examined": session.examined},
            }
            await clerk.create("/reporting/rosters", entry, f"demo/roster/{session.id}")
            path = self._folder / "workbooks" / f"{session.id}.xlsx"
            await asyncio.to_thread(write_workbook, path, session)
            await self._upload(clerk, f"/reporting/rosters/{session.id}", path.read_bytes())
            await self._office.up(session.station, f"/reporting/rosters/{session.id}", approve=False)
        self._tell("导入并呈报名册 · rosters from workbooks", len(sessions), len(sessions))

    async def _upload(self, clerk: PatientClerk, roster: str, content: bytes) -> None:
        while True:
            found, etag = await clerk.look(roster)
            if found["state"] not in ("draft", "returned"):
                return
            try:
                await clerk.ask("PUT", f"{roster}/workbook", etag, content=content)
                return
            except Refusal as refusal:
                if refusal.status != 412:
                    raise

    async def reviews(self, sessions: list[Session]) -> None:
        """The Centre's clerk records the approval forms of technicians and senior technicians (R4.2)."""
        clerk, day = self.clerk(CENTRE, "centre_clerk"), today().isoformat()
        technicians = [(session, line) for session in sessions for line in session.lines if line.level <= 2]
        done = 0
        for session in sessions:
            forms = [
                {
                    "ticket": line.ticket,
                    "name": line.name,
                    "document_no": f"机职鉴审〔{day[:4]}〕{line.ticket}",
                    "reviewed_on": day,
                    "panel": PANEL,
                }
                for of_session, line in technicians
                if of_session is session
            ]
            for start in range(0, len(forms), FORMS_TOGETHER):
                self._tell("登记技师审批表 · technician reviews", done, len(technicians))
                some = forms[start : start + FORMS_TOGETHER]
                path = f"/reporting/rosters/{session.id}/technician-reviews"
                await clerk.create(path, {"reviews": some}, f"demo/reviews/{session.id}/{start}")
                done += len(some)
        if technicians:
            self._tell("登记技师审批表 · technician reviews", done, len(technicians))

    async def certificates(self, sessions: list[Session]) -> None:
        """Approve, then watch until every production is ready and every letter about it went out."""
        before = time.perf_counter()
        for session in sessions:
            await self._office.approve(f"/reporting/rosters/{session.id}")
        wanted = sum(len(session.lines) for session in sessions)
        while True:
            done = 0
            for session in sessions:
                if session.production.get("state") not in ("ready", "mailed", "received"):
                    session.production = await self._production(session)
                done += len(session.lines) if session.production.get("state") in ("ready", "mailed", "received") else 0
            self._tell("编号、制作证书 · numbering and drawing", done, wanted)
            if done == wanted:
                break
            await asyncio.sleep(0.2)
        self.seconds["approve_to_certificates"] = round(time.perf_counter() - before, 3)
        await self._letters(sessions, AFTER_APPROVAL, expected_letters(sessions, AFTER_APPROVAL))
        self.seconds["approve_to_letters"] = round(time.perf_counter() - before, 3)

    async def _production(self, session: Session) -> dict[str, Any]:
        try:
            found: dict[str, Any] = await self.clerk(CENTRE, "centre_clerk").get(
                f"/certificate/productions/{session.id}"
            )
            return found
        except Refusal as refusal:
            if refusal.status == 404:  # the approval is still on its way there
                return {}
            raise

    async def parcels(self, sessions: list[Session]) -> None:
        before = time.perf_counter()
        for n, session in enumerate(sessions):
            self._tell("寄发 · posting", n, len(sessions))
            producer = next(body for body in BODIES if body.code == session.production["producer"])
            clerk = self.clerk(producer, "branch_officer" if producer.kind == "branch" else "centre_clerk")
            parcel = {"carrier": "中国邮政EMS", "parcel": f"EA{int(session.station.code):09d}CN"}
            path = f"/certificate/productions/{session.id}"
            session.production = await clerk.bring(path, "parcel", ("mailed", "received"), json=parcel)
        self._tell("寄发 · posting", len(sessions), len(sessions))
        await self._letters(sessions, AFTER_POSTING, expected_letters(sessions, AFTER_POSTING))
        self.seconds["post_to_letters"] = round(time.perf_counter() - before, 3)

    async def receipts(self, sessions: list[Session]) -> None:
        """The stations count what arrived."""
        for n, session in enumerate(sessions):
            self._tell("清点收到的证书 · counting what arrived", n, len(sessions))
            clerk, path = self.clerk(session.station, "station_clerk"), f"/certificate/productions/{session.id}"
            counted = {"certificates": session.production["certificates"] - session.production["refused"]}
            session.production = await clerk.bring(path, "receipt", ("received",), json=counted)
        self._tell("清点收到的证书 · counting what arrived", len(sessions), len(sessions))

    async def _letters(self, sessions: list[Session], kinds: tuple[str, ...], expected: int) -> None:
        while True:
            mailings = await self.mailings(sessions)
            sent = [mailing for mailing in mailings if mailing["letter"] in kinds and mailing["state"] != "due"]
            self._tell("寄出信函 · letters", min(len(sent), expected), expected)
            if len(sent) >= expected:
                return
            await asyncio.sleep(0.3)

    async def mailings(self, sessions: list[Session]) -> list[dict[str, Any]]:
        """All letters about the rosters of this play, as the Centre sees them."""
        ours = {session.id for session in sessions}
        found: list[dict[str, Any]] = []
        for session in ours:
            found += await self.clerk(CENTRE, "centre_clerk").everything(f"/notification/mailings?about={session}")
        return [
            mailing
            for mailing in found
            if mailing["fact"].startswith(("/reporting/roster/", "/certificate/production/"))
        ]

    async def results(self, sessions: list[Session]) -> list[Path]:
        """Fetch the certificates for the books, and the print files into the folder."""
        files: list[Path] = []
        clerk = self.clerk(CENTRE, "centre_clerk")
        for session in sessions:
            session.certificates = await clerk.everything(f"/certificate/certificates?roster={session.id}")
            session.batches = await clerk.everything(f"/certificate/batches?roster={session.id}")
            for batch in session.batches:
                self._tell("取回打印文件 · fetching print files", len(files), sum(len(one.batches) for one in sessions))
                path = self._folder / "print-files" / f"{batch['id']}.pdf"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes((await clerk.ask("GET", f"/certificate/batches/{batch['id']}/print-file")).content)
                files.append(path)
        return files

    async def acts(self, sessions: list[Session]) -> list[dict[str, Any]]:
        """What the Centre's auditor reads of who did what, once the last act of the play has come to its chain."""
        auditor, last = self.clerk(CENTRE, "auditor"), {f"production/{session.id}" for session in sessions}
        while True:
            told = await auditor.everything("/certificate/audit")
            if last <= {act["act"].partition("#")[0] for act in told if act["told"]["verb"] == "receive"}:
                break
            await asyncio.sleep(0.1)
        return [
            act
            for service in ("plan", "reporting", "certificate")
            for act in await auditor.everything(f"/{service}/audit")
        ]


def expected_letters(sessions: list[Session], kinds: tuple[str, ...]) -> int:
    """One of each kind for every session; one to each holder who left an address."""
    per_session = len([kind for kind in kinds if kind != "certificate-on-its-way"])
    holders = sum(session.holders_with_address for session in sessions) if "certificate-on-its-way" in kinds else 0
    return per_session * len(sessions) + holders


def write_workbook(path: Path, session: Session) -> None:
    """Form 6 of a session, filled in."""
    sheets = [
        SheetContent(
            station_zh=session.station.name_zh,
            institution=session.station.code,
            session=session.id,
            occupation=item.occupation,
            occupation_zh=item.occupation_zh,
            level=item.level,
            held_on=session.held_on,
            rows=[line for line in session.lines if (line.occupation, line.level) == (item.occupation, item.level)],
        )
        for item in ITEMS
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write([sheet for sheet in sheets if sheet.rows]))


def today() -> date:
    return datetime.now(CHINA).date()


def this_year() -> int:
    return today().year
