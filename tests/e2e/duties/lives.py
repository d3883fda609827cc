"""What three hundred bodies do in two years: in time, late, never; and what follows from it in the ledger. Each act is a verb of
the document itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from services.certificate.duties.making import STAGES
from services.certificate.duties.making import key_of as production_key
from services.certificate.production.production import Production
from services.directory.accounts.account import Account
from services.directory.bodies.body import Body, Entry
from services.directory.duties import examiner_card, training
from services.directory.ids import account_reference
from services.directory.persons.person import RegisteredPerson
from services.directory.trainings.training_record import Training, TrainingRecord
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.session_plans.paper_draw import DrawnSet
from services.plan.session_plans.session_plan import SessionPlan
from services.reporting.rosters.roster import Attendance, Roster
from services.runtime.catalogue import WholeSettings
from services.supervision.duties import rectification
from services.supervision.inspections.inspection import Category, Inspection, Severity
from services.supervision.work_reports.work_report import WorkReport
from shared.actor import Actor
from shared.contracts.directory import Licence, ScopeItem
from shared.contracts.plan import PlannedItem, SessionPlanApproved
from shared.contracts.reporting import PageSeal
from shared.keeping import repository
from shared.procedure.approval import Approval
from shared.procedure.windup import acting_for
from shared.trade.deadline import CHINA
from shared.trade.roles import Role
from tests.e2e.duties.ledger import DAY, Debt, Ledger
from tests.e2e.duties.offices import Offices

CENTRE = "49000001"
BRANCHES = 20
NEVER = 50
"""Every so many bodies one never does anything."""
ITEM = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=9)
SCOPE = [ScopeItem(occupation="6-04-01-01", levels=[5, 4, 3])]
SET = WholeSettings()
REVOKED = {41: date(2027, 2, 9), 101: date(2026, 10, 12), 161: date(2028, 2, 29), 221: date(2027, 7, 6)}
"""Body → the day on which it loses its licence."""
TO_BE_FINISHED = ("session_roster", "training")

BEFORE = timedelta(days=120)
"""So long they have been registered: not before the last day of that year's plan."""

Act = Callable[[datetime], Awaitable[None]]


def actor(id: str, body: str, path: str, *roles: Role) -> Actor:
    return Actor(id, id, body, path, frozenset(roles))


CLERK = actor("clerk", CENTRE, f"/{CENTRE}/", Role.CENTRE_CLERK)
APPROVER = actor("approver", CENTRE, f"/{CENTRE}/", Role.CENTRE_APPROVER)
OPERATOR = actor("operator", "", "/", Role.OPERATOR)


class Lives:
    """size: bodies below the Centre."""

    def __init__(self, offices: Offices, ledger: Ledger, size: int, first: date, last: date) -> None:
        self.offices, self.ledger, self.first, self.last = offices, ledger, first, last
        self.paths: dict[str, str] = {}
        self.gone: set[str] = set()
        self.acts: dict[date, list[Act]] = defaultdict(list)
        for n in range(size):
            branch = f"49{n % BRANCHES + 1:02d}0001"
            code = branch if n < BRANCHES else f"{branch[:4]}3{n // BRANCHES:03d}"
            self.paths[code] = f"/{CENTRE}/{code}/" if n < BRANCHES else f"/{CENTRE}/{branch}/{code}/"
        self.codes = list(self.paths)

    async def settle_in(self, now: datetime) -> None:
        """What is there when the house is first started, and what will come of it."""
        await self.register(now)
        self.licences(now)
        self.annual_inspections()
        await self.cards(now)
        await self.trainings(now)
        self.revocations()
        self.sessions()
        self.inspections()

    # --- who they are -------------------------------------------------------------------------------------------------

    def branch_of(self, code: str) -> str:
        return self.paths[code].split("/")[2]

    def head(self, code: str) -> Actor:
        return actor(f"head-{code}", code, self.paths[code], Role.STATION_HEAD, Role.BRANCH_OFFICER)

    def officer(self, code: str) -> Actor:
        branch = self.branch_of(code)
        return actor(f"officer-{branch}", branch, f"/{CENTRE}/{branch}/", Role.BRANCH_OFFICER)

    def on(self, day: date, act: Act) -> None:
        """Nothing that would come before or after these years."""
        if self.first < day <= self.last:
            self.acts[day].append(act)

    async def register(self, at: datetime) -> None:
        registered = at - BEFORE
        for code in (CENTRE, *self.codes):
            kind = "centre" if code == CENTRE else "branch" if code.endswith("0001") else "station"
            entry = Entry(
                name_zh=f"示例{code}", name_en=f"Example {code}", produces=kind != "station", email="office@example.org"
            )
            path = self.paths.get(code, f"/{CENTRE}/")
            body = Body(id=code, state="", kind=kind, path=path, **dict(entry))  # type: ignore[arg-type]
            body.move("register", "applied" if kind == "station" else "registered", CLERK, registered)
            if kind == "station":
                body.license(APPROVER, registered, self.licence(code, registered.date(), self.licensed_until(code)))
            else:
                body.change(CLERK, registered, entry)
            await self.offices.put("directory", body)
        await self.offices.pump()

    # --- the directory ------------------------------------------------------------------------------------------------

    def licence(self, code: str, since: date, until: date) -> Licence:
        return Licence(licence_no=f"J-{code}", valid_from=since, valid_until=until, scope=SCOPE)

    def licensed_until(self, code: str) -> date:
        n = self.codes.index(code)
        return self.last + 400 * DAY if n % 15 == 1 else self.first + (60 + n * 5 % 640) * DAY

    def licences(self, now: datetime) -> None:
        for n, code in enumerate(self.codes):
            if n < BRANCHES:
                continue
            until, since = self.licensed_until(code), (now - BEFORE).date()
            self.ledger.owe(f"{code}.licence", Debt(code, SET.licence_ladder, since, lambda _, day=until: day))
            away = (-70, -20, -3, 1, 12, None if n < 60 else -1)[n % 6]
            if away is not None and n % 15 != 1:
                self.on(until + away * DAY, partial(self.renew_licence, code))

    async def renew_licence(self, code: str, now: datetime) -> None:
        if code in self.gone:
            return
        until = now.date() + 1200 * DAY
        body = await repository.load(self.offices.stores["directory"], Body, code)
        body.license(APPROVER, now, self.licence(code, now.date(), until))
        await self.offices.put("directory", body)
        self.ledger.end(f"{code}.licence")
        self.ledger.owe(f"{code}.licence.1", Debt(code, SET.licence_ladder, now.date(), lambda _: until))

    def annual_inspections(self) -> None:
        for n, code in enumerate(self.codes):
            if n >= BRANCHES and n % 15 == 1:
                self.on(self.first + (30 + n * 11 % 500) * DAY, partial(self.fail, code, (40, 60, 69)[n // 15 % 3]))

    async def fail(self, code: str, cleared_after: int, now: datetime) -> None:
        if code in self.gone:
            return
        until = now.date() + 60 * DAY
        body = await repository.load(self.offices.stores["directory"], Body, code)
        body.inspect(CLERK, now, year=now.year, passed=False, findings=["量具未检定"], until=until)
        await self.offices.put("directory", body)
        id = f"{code}.annual_rectification"
        self.ledger.owe(id, Debt(code, SET.annual_rectification_ladder, now.date(), lambda _: until))
        self.on(now.date() + cleared_after * DAY, partial(self.clear, code))

    async def clear(self, code: str, now: datetime) -> None:
        if code in self.gone:
            return
        body = await repository.load(self.offices.stores["directory"], Body, code)
        body.clear_rectification(CLERK, now, "整改合格")
        await self.offices.put("directory", body)
        self.ledger.end(f"{code}.annual_rectification")

    async def cards(self, now: datetime) -> None:
        for n, code in enumerate(self.codes):
            if n < BRANCHES or n % 4 != 2:
                continue
            until = self.first + (30 + n * 13 % 650) * DAY
            body = await repository.load(self.offices.stores["directory"], Body, code)
            for number in (1, 2):
                person = RegisteredPerson.register(
                    CLERK,
                    now,
                    office="examiner",
                    name="考评员",
                    card_no=f"K{code}{number}",
                    body=body,
                    scope=SCOPE,
                    appointed_from=until - 1000 * DAY,
                    valid_until=until,
                )
                await self.offices.put("directory", person)
                gone_on = (-15, None if n < 50 else (-5, 2, 17)[n // 4 % 3])[number - 1]
                if gone_on is not None:
                    self.on(until + gone_on * DAY, partial(self.withdraw, code, person.id, number == 2))
            id = f"{code}-{until}.examiner_card"
            long = until - 1000 * DAY
            over = partial(_long_ago, until)
            self.ledger.owe(id, Debt(code, SET.examiner_card_ladder, long, lambda _, day=until: day, over))

    async def withdraw(self, code: str, id: str, the_last: bool, now: datetime) -> None:
        person = await repository.load(self.offices.stores["directory"], RegisteredPerson, id)
        person.withdraw(CLERK, now, "调离")
        await self.offices.put("directory", person)
        key = examiner_card.key_of(code, person.valid_until)
        await self.offices.keepers["directory"][0].look_after_an_act(key, "examiner_card")
        if the_last and code not in self.gone:
            self.ledger.end(f"{code}-{person.valid_until}.examiner_card")

    async def trainings(self, now: datetime) -> None:
        for n, code in enumerate(self.codes):
            if n < BRANCHES or n % 5 != 4:
                continue
            until, id = self.first + (25 + n * 17 % 650) * DAY, f"person-{code}"
            account = Account(
                id=id,
                state="active",
                name="周宁",
                body=code,
                path=self.paths[code],
                roles=[Role.STATION_CLERK],
                password_hash="",
            )
            passed = Training(certificate="PX-1", passed_on=until - 700 * DAY, valid_until=until)
            record = TrainingRecord.record(OPERATOR, now, of=account, training=passed, request=id)
            await self.offices.put("directory", account)
            await self.offices.put("directory", record)
            self.owe_training(account.id, code, until, until - 700 * DAY, 0)
            away = (-40, -10, -1, 3, None)[n // 5 % 5]
            if away is not None:
                self.on(until + away * DAY, partial(self.train_again, id, code))

    def owe_training(self, account: str, code: str, until: date, since: date, turn: int) -> None:
        def over(day: date) -> bool:
            return (day - until).days >= 7

        id = f"{account_reference(account)}.training{'.1' if turn else ''}"
        self.ledger.owe(id, Debt(code, SET.training_ladder, since, lambda _: until, over))

    async def train_again(self, id: str, code: str, now: datetime) -> None:
        store, until = self.offices.stores["directory"], now.date() + 900 * DAY
        account = await repository.load(store, Account, id)
        record = await repository.load(store, TrainingRecord, id)
        passed = Training(certificate="PX-2", passed_on=now.date(), valid_until=until)
        record.renew(OPERATOR, now, of=account, training=passed, request="again")
        await self.offices.put("directory", record)
        await self.offices.keepers["directory"][0].look_after_an_act(training.key_of(account), "training")
        self.ledger.end(f"{account_reference(id)}.training")
        self.owe_training(id, code, until, now.date(), 1)

    def revocations(self) -> None:
        for n, day in REVOKED.items():
            if n < len(self.codes):
                self.on(day, partial(self.revoke, self.codes[n]))

    async def revoke(self, code: str, now: datetime) -> None:
        body = await repository.load(self.offices.stores["directory"], Body, code)
        body.revoke(acting_for("s"), now, "泄题")
        await self.offices.put("directory", body)
        self.gone.add(code)
        self.ledger.end_all_of(code, but=TO_BE_FINISHED)

    # --- forms that go up -----------------------------------------------------------------------------------------------

    async def step(self, service: str, form: Approval, verb: str, by: Actor, now: datetime) -> None:
        form.step(verb, by, now, "理由")
        await self.offices.put(service, form)

    def review(self, form: Approval, noun: str, what: str, now: datetime) -> str:
        """Somebody has the form on the desk from now on."""
        days = SET.endorsement_days if what == "endorsement" else SET.approval_days
        desk, since = form.at_desk, now.date()
        id = f"{form.id}.{noun}_{what}.{len(form.history)}"
        self.ledger.owe(id, Debt(desk, SET.review_ladder, since, lambda known: known.later(since, days)))
        return id

    async def go_up(
        self, service: str, noun: str, form: Approval, days: tuple[int, int], then: Act | None, now: datetime
    ) -> None:
        """Handed in at this moment, and looked at by the offices after so many days each."""
        await self.step(service, form, "submit", self.head(form.body), now)
        waits = self.review(form, noun, "endorsement", now)

        async def endorse(now: datetime) -> None:
            await self.step(service, form, "endorse", self.officer(form.body), now)
            self.ledger.end(waits)
            decided = self.review(form, noun, "approval", now)

            async def approve(now: datetime) -> None:
                await self.step(service, form, "approve", APPROVER, now)
                self.ledger.end(decided)
                if then is not None:
                    await self.offices.pump()
                    await then(now)

            self.on(now.date() + days[1] * DAY, approve)

        self.on(now.date() + days[0] * DAY, endorse)

    def plans_of(self, year: int) -> None:
        """Owed from the first look of the year on."""
        due = date(year, 2, 28)
        away = (-39, -23, -16, -10, -6, -2, 0, 1, 6, 13, -18, -14)
        for n, code in enumerate(self.codes):
            if code in self.gone:
                continue
            id = f"{code}-{year}.annual_plan"
            debt = Debt(code, SET.annual_plan_ladder, date(year, 1, 1), lambda _: due, lambda day: day.year > year)
            self.ledger.owe(id, debt)
            if n % NEVER:
                self.on(due + away[(n + year) % 12] * DAY, partial(self.hand_in_plan, n, code, year))

    def plan(self, code: str, year: int) -> AnnualPlan:
        at = {"body": code, "path": self.paths[code], "prepared_by": "preparer"}
        return AnnualPlan(id=f"{code}-{year}", **at, year=year, items=[ITEM])

    async def hand_in_plan(self, n: int, code: str, year: int, now: datetime) -> None:
        if code in self.gone:
            return
        plan = self.plan(code, year)
        self.ledger.end(f"{plan.id}.annual_plan")
        if n < BRANCHES or n % 10 != 3:  # the news of it is still on the way: the clock asks the plan itself
            self.offices.deaf.add(plan.id)
            await self.step("plan", plan, "submit", self.head(code), now)
        elif n % 3:
            await self.go_up("plan", "annual_plan", plan, ((0, 4, 9, 20)[n % 4], (2, 12, 25)[n // 10 % 3]), None, now)
        else:
            await self.send_back(n, plan, year, now)

    async def send_back(self, n: int, plan: AnnualPlan, year: int, now: datetime) -> None:
        """Returned, and owed again from that day on, until it is handed in a second time."""
        await self.step("plan", plan, "submit", self.head(plan.body), now)
        waits = self.review(plan, "annual_plan", "endorsement", now)

        async def return_it(now: datetime) -> None:
            await self.step("plan", plan, "send_back", self.officer(plan.body), now)
            self.ledger.end(waits)
            due = date(year, 2, 28)
            again = Debt(plan.body, SET.annual_plan_ladder, now.date(), lambda _: due, lambda day: day.year > year)
            self.ledger.owe(f"{plan.id}.annual_plan.1", again)

            async def once_more(now: datetime) -> None:
                self.ledger.end(f"{plan.id}.annual_plan.1")
                await self.go_up("plan", "annual_plan", plan, (3, 5), None, now)

            self.on(now.date() + (12 + n % 30) * DAY, once_more)

        self.on(now.date() + 3 * DAY, return_it)

    def reports_of(self, name: str, after: date, before: date, number: int) -> None:
        """name: of the quarter; after: its end; before: the end of the next one."""
        due = after + (SET.work_report_days - 1) * DAY
        away = (1, 2, 5, 7, 11, 13, 14, 16, 18, 25)  # half of them at once, the others one after the other
        for n, code in enumerate(self.codes):
            if code in self.gone:
                continue
            id = f"{code}-{name}.work_report"
            debt = Debt(code, SET.work_report_ladder, after, lambda _: due, lambda day: not after <= day < before)
            self.ledger.owe(id, debt)
            if n % NEVER:
                self.on(
                    max(after + away[(n + number) % 10 if n % 2 else 0] * DAY, self.first + DAY),
                    partial(self.report, n, code, name),
                )

    async def report(self, n: int, code: str, name: str, now: datetime) -> None:
        if code in self.gone:
            return
        at = {"body": code, "path": self.paths[code], "prepared_by": "preparer"}
        said = {"work_done": "组织鉴定三批", "problems": "无", "suggestions": "无"}
        report = WorkReport(id=f"{code}-{name}", state="draft", quarter=name, **at, **said)
        self.ledger.end(f"{report.id}.work_report")
        if n >= BRANCHES and n % 30 == 7:
            await self.go_up("supervision", "work_report", report, (n % 11, 8), None, now)
        else:
            self.offices.deaf.add(report.id)
            await self.step("supervision", report, "submit", self.head(code), now)

    # --- after an exam ----------------------------------------------------------------------------------------------------

    def sessions(self) -> None:
        for n, code in enumerate(self.codes):
            if n >= BRANCHES and n % 3 == 0:
                held = self.first + (75 + n * 7 % 560) * DAY
                self.on(held - 60 * DAY, partial(self.plan_session, n, code, held))

    async def plan_session(self, n: int, code: str, held: date, now: datetime) -> None:
        if code in self.gone:
            return
        id = f"{code}-{held.year}-001"
        at = {"body": code, "path": self.paths[code], "prepared_by": "preparer"}
        what = {"year": held.year, "number": 1, "annual_plan": f"{code}-{held.year}", "held_on": held, "items": [ITEM]}
        plan = SessionPlan(id=id, **at, **what, place="示例考场", in_charge="吴刚")
        days = ((3, 8, 13)[n // 3 % 3], (2, 14, 20)[n // 9 % 3])
        await self.go_up("plan", "session_plan", plan, days, partial(self.hold, n, plan), now)

    async def hold(self, n: int, plan: SessionPlan, now: datetime) -> None:
        """Approved: its roster is owed, unless it is cancelled. Of a body that was revoked meanwhile it stands too."""
        id, code, held = plan.id, plan.body, plan.held_on
        owed = Debt(code, SET.roster_ladder, held, lambda known: known.later(held, SET.roster_days))
        told_by = self.offices.numbers[id, SessionPlanApproved.TYPE]
        self.ledger.owe(f"{id}.session_roster.{told_by * 1000}", owed)
        mode = n // 3 % 6
        draw = f"{id}.session_plan_draw.{len(plan.history)}"
        self.ledger.owe(draw, Debt(CENTRE, SET.review_ladder, now.date(), lambda _: held - DAY))
        drawn = (-20, -2, -1, 1, None, None)[mode]
        if drawn is not None:
            self.on(held + drawn * DAY, partial(self.draw_papers, plan, draw))
        if mode == 5:
            self.on(held - 3 * DAY, partial(self.cancel, plan, told_by))
        elif n % 60:
            roster = partial(self.bring_roster, n, id, code, held, told_by)
            self.on(held + (5, 15, 21, 24, 36)[mode] * DAY, roster)

    async def cancel(self, plan: SessionPlan, told_by: int, now: datetime) -> None:
        plan.cancel(self.head(plan.body), now, "停电")
        await self.offices.put("plan", plan)
        self.ledger.end(f"{plan.id}.session_roster.{told_by * 1000}")
        self.ledger.end(f"{plan.id}.session_plan_draw.{len(plan.history) - 1}")

    async def draw_papers(self, plan: SessionPlan, owed: str, now: datetime) -> None:
        """In time, or recorded after the day."""
        drawn_at = min(now, datetime.combine(plan.held_on, time(8), CHINA))
        sets = [DrawnSet(occupation=ITEM.occupation, level=ITEM.level, set=1)]
        plan.record_draw(CLERK, now, drawn_at, sets, "何监督", "事后补记" if now > drawn_at else "")
        await self.offices.put("plan", plan)
        self.ledger.end(owed)

    async def bring_roster(self, n: int, id: str, code: str, held: date, told_by: int, now: datetime) -> None:
        """Also by a body that was revoked: a session that stands has to be finished."""
        roster = Roster(
            id=id,
            body=code,
            path=self.paths[code],
            prepared_by="preparer",
            session=id,
            held_on=held,
            items=[ITEM],
            attendance=Attendance(applied=9, accepted=9, examined=9),
            pages=[PageSeal(seal="sha256:" + "0" * 64, lines={4: 1})],
        )
        roster.producer, roster.approved_on = self.branch_of(code), now.date()
        self.ledger.end(f"{id}.session_roster.{told_by * 1000}")
        days = ((1, 6, 10)[n // 3 % 3], (2, 9, 15)[n // 9 % 3])
        then = None if code in self.gone else partial(self.produce, n, id, code)
        await self.go_up("reporting", "roster", roster, days, then, now)

    async def produce(self, n: int, id: str, code: str, now: datetime) -> None:
        branch, since = self.branch_of(code), now.date()
        at = {"body": code, "path": self.paths[code], "producer": branch, "approved_on": since}
        production = Production(id=id, **at, certificates=9, batches=1)
        await self.offices.put("certificate", production)
        for stage in STAGES:
            keeper = self.offices.keepers["certificate"][0]
            await keeper.look_at(production_key(stage, id, code), stage.row.what)
        owed = Debt(branch, SET.production_ladder, since, lambda known: known.later(since, SET.production_days))
        self.ledger.owe(f"{id}.production", owed)

        async def draw(now: datetime) -> None:
            since = now.date()
            production.mark_ready([], now, 0)
            await self.offices.put("certificate", production)
            self.ledger.end(f"{id}.production")
            owed = Debt(branch, SET.posting_ladder, since, lambda known: known.later(since, SET.posting_days))
            self.ledger.owe(f"{id}.posting", owed)
            self.on(since + (1, 5, 12)[n // 3 % 3] * DAY, post)

        async def post(now: datetime) -> None:
            since = now.date()
            production.post_parcel(self.officer(code), now, "EMS", "EA000000001CN")
            await self.offices.put("certificate", production)
            self.ledger.end(f"{id}.posting")
            if code in self.gone:
                return
            owed = Debt(code, SET.receipt_ladder, since, lambda _: since + SET.receipt_days * DAY)
            self.ledger.owe(f"{id}.receipt", owed)
            self.on(since + (3, 12, 15, 20, 33)[n // 3 % 5] * DAY, receive)

        async def receive(now: datetime) -> None:
            if code in self.gone:
                return
            clerk = actor("clerk of a station", code, self.paths[code], Role.STATION_CLERK)
            production.receive(clerk, now, production.sent)
            await self.offices.put("certificate", production)
            self.ledger.end(f"{id}.receipt")

        self.on(since + (1, 4, 10)[n // 9 % 3] * DAY, draw)

    # --- inspections ------------------------------------------------------------------------------------------------------

    def inspections(self) -> None:
        for n, code in enumerate(self.codes):
            if n >= BRANCHES and n % 20 == 5:
                self.on(self.first + (10 + n * 9 % 500) * DAY, partial(self.inspect, n, code))

    async def inspect(self, n: int, code: str, now: datetime) -> None:
        id, today = f"inspection-{code}", now.date()
        at = {"id": id, "body": code, "path": self.paths[code], "on": today}
        inspection = Inspection.plan(CLERK, now, **at, inspectors="检查人", purpose="")  # type: ignore[arg-type]
        until = today + 45 * DAY
        found = [(Category.EXAMINERS, Severity.SERIOUS, "考评人员不足")]
        inspection.perform(CLERK, now, summary="", findings=found, rectify_by=until)
        await self.offices.put("supervision", inspection)
        self.ledger.owe(f"{id}.rectification", Debt(code, SET.rectification_ladder, today, lambda _: until))

        async def look(inspection: Inspection) -> None:
            await self.offices.put("supervision", inspection)
            keeper = self.offices.keepers["supervision"][0]
            await keeper.look_after_an_act(rectification.key_of(inspection), "rectification")

        async def answer(turn: str, now: datetime) -> None:
            inspection.answer(self.head(code), now, "已补聘考评员")
            await look(inspection)
            self.ledger.end(f"{id}.rectification{turn}")

        async def extend(now: datetime) -> None:
            longer, since = today + 80 * DAY, now.date()
            inspection.extend(CLERK, now, longer, "再给一次机会")
            await look(inspection)
            self.ledger.end(f"{id}.rectification")
            again = Debt(code, SET.rectification_ladder, since, lambda _: longer)
            self.ledger.owe(f"{id}.rectification.1", again)
            self.on(today + 85 * DAY, partial(answer, ".1"))

        mode = n // 20 % 4
        if mode == 3:
            self.on(today + 47 * DAY, extend)
        else:
            self.on(today + (20, 44, 58)[mode] * DAY, partial(answer, ""))


def _long_ago(until: date, day: date) -> bool:
    """Nobody is asked for a card that ended a year ago."""
    return (day - until).days > 365
