"""One document of every kind for every body of a small tree, put where the services keep them.

                CENTRE
        BRANCH        OTHER_BRANCH
STATION   SISTER        COUSIN
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime

from services.certificate.certificates.certificate import Certificate, Issue, Issuer
from services.certificate.production.batch import Batch
from services.certificate.production.production import READY, Production
from services.demo.cast import BODIES, CENTRE, Body
from services.directory.accounts.account import ACTIVE, Account
from services.directory.persons.person import RegisteredPerson
from services.directory.trainings.training_record import VALID, TrainingRecord
from services.notification.calendars.calendar import Calendar
from services.notification.contacts.contact import Contact
from services.notification.mailings.mailing import Mailing
from services.notification.queues.queue import BranchQueue
from services.notification.webhooks.webhook import Key, Webhook
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.session_plans.session_plan import SessionPlan
from services.reporting.ids import technician_review_id
from services.reporting.rosters import storage as lines
from services.reporting.rosters.roster import Attendance, Roster
from services.reporting.technician_reviews.technician_review import RECORDED, TechnicianReview
from services.supervision.inspections.inspection import PERFORMED, Category, Evidence, Finding, Inspection, Severity
from services.supervision.sanctions.sanction import CONFIRMED, Sanction
from services.supervision.violations.violation import RAISED, Trigger, Violation
from services.supervision.work_reports.work_report import WorkReport
from shared.contracts.directory import ScopeItem
from shared.contracts.plan import PlannedItem
from shared.contracts.reporting import PageSeal
from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.trade.roles import Role
from shared.trade.undelivered import NO_SUCH_ADDRESS
from tests.world.house import House
from tests.world.seeding import TURNER, a_line

STATION, SISTER, COUSIN = (
    next(one for one in BODIES if one.code == code) for code in ("49053012", "49053013", "49063021")
)
BRANCH, OTHER_BRANCH = (next(one for one in BODIES if one.code == code) for code in ("49050001", "49060001"))
TREE = (CENTRE, BRANCH, OTHER_BRANCH, STATION, SISTER, COUSIN)

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
HELD_ON = date(2026, 4, 3)
IMPORT = "import-of-{code}"
ITEMS = [
    PlannedItem(
        occupation=TURNER.occupation,
        occupation_zh=TURNER.occupation_zh,
        occupation_en=TURNER.occupation_en,
        level=TURNER.level,
        heads=1,
    )
]


PRINT_FILE = b"%PDF"
PRINT_FILE_SEAL = "sha256:" + hashlib.sha256(PRINT_FILE).hexdigest()


def _producer(body: Body) -> str:
    return str(body.parent) if body.kind == "station" else body.code


def path_of(body: Body) -> str:
    above = next((one for one in BODIES if one.code == body.parent), None)
    return f"{path_of(above) if above else '/'}{body.code}/"


def sample_id(kind: str, body: Body) -> str:
    """The id of the sample of `kind` that `body` has."""
    return f"{kind.replace('_', '-')}-of-{body.code}"


def _annual_plan(body: Body) -> Aggregate:
    return AnnualPlan(
        id=sample_id("annual_plan", body), body=body.code, path=path_of(body), prepared_by="x", year=2026, items=ITEMS
    )


def _session_plan(body: Body) -> Aggregate:
    return SessionPlan(
        id=sample_id("session_plan", body),
        body=body.code,
        path=path_of(body),
        prepared_by="x",
        year=2026,
        number=1,
        annual_plan="",
        held_on=HELD_ON,
        place="示例考场",
        in_charge="吴刚",
        items=ITEMS,
    )


def _roster(body: Body) -> Aggregate:
    sealed = [PageSeal(seal="sha256:" + "0" * 64, lines={4: 1})]
    return Roster(
        id=sample_id("roster", body),
        body=body.code,
        path=path_of(body),
        prepared_by="x",
        session=sample_id("session_plan", body),
        held_on=HELD_ON,
        items=ITEMS,
        attendance=Attendance(applied=1, accepted=1, examined=1),
        import_id=IMPORT.format(code=body.code),
        pages=sealed,
    )


def _technician_review(body: Body) -> Aggregate:
    ticket = a_line(1).ticket
    return TechnicianReview(
        id=technician_review_id(sample_id("roster", body), ticket),
        state=RECORDED,
        body=body.code,
        path=path_of(body),
        roster=sample_id("roster", body),
        ticket=ticket,
        person="",
        occupation="6-04-01-01",
        level=2,
        document_no="机职鉴审〔2026〕1号",
        reviewed_on=HELD_ON,
        panel=["郑平", "冯强", "褚云"],
    )


def _production(body: Body) -> Aggregate:
    return Production(
        id=sample_id("roster", body),
        state=READY,
        body=body.code,
        path=path_of(body),
        producer=_producer(body),
        approved_on=HELD_ON,
        certificates=1,
        batches=1,
    )


def _batch(body: Body) -> Aggregate:
    return Batch(
        id=sample_id("batch", body),
        roster=sample_id("roster", body),
        page=0,
        path=path_of(body),
        producer=_producer(body),
        certificates=1,
        numbered_at=NOW,
        print_files=[PRINT_FILE_SEAL],
    )


def _certificate(body: Body) -> Aggregate:
    return Certificate(
        id=sample_id("certificate", body),
        number=f"26{body.code}400001",
        roster=sample_id("roster", body),
        n=1,
        batch=sample_id("batch", body),
        path=path_of(body),
        producer=_producer(body),
        issued_on=HELD_ON,
        holder=a_line(1),
        issuer=Issuer(body_zh="示例", body_en="Example", centre_zh="示例", centre_en="Example"),
        copies=[Issue(made_for="original", at=NOW)],
        verify_key="key",
    )


def _mailing(body: Body) -> Aggregate:
    return Mailing(
        id=sample_id("mailing", body),
        letter="approved",
        to=body.email,
        to_name=body.name_zh,
        body=body.code,
        path=path_of(body),
        subject_of="x",
        fact="x",
        values={},
        planned_at=NOW,
    )


def _contact(body: Body) -> Aggregate:
    return Contact(
        id=sample_id("contact", body),
        body=body.code,
        path=path_of(body),
        email=body.email,
        cause=NO_SUCH_ADDRESS,
        because="550",
        mailing="x",
        flagged_at=NOW,
    )


def _webhook(body: Body) -> Aggregate:
    return Webhook(
        id=sample_id("webhook", body),
        body=body.code,
        path=path_of(body),
        address="https://branch.example.org/jianding",
        types=[],
        keys=[Key(sealed="none")],
        made_at=NOW,
    )


def _calendar(body: Body) -> Aggregate:
    return Calendar(id=sample_id("calendar", body), body=body.code, path=path_of(body), digest="none", made_at=NOW)


def _branch_queue(body: Body) -> Aggregate:
    return BranchQueue(
        id=sample_id("branch_queue", body), body=body.code, path=path_of(body), password_hash="none", made_at=NOW
    )


def _inspection(body: Body) -> Aggregate:
    evidence = Evidence(seal=PRINT_FILE_SEAL, title="照片", size=4, at=NOW, by="x")
    finding = Finding(n=1, category=Category.FEES, severity=Severity.MINOR, description="收费", evidence=[evidence])
    return Inspection(
        id=sample_id("inspection", body),
        state=PERFORMED,
        body=body.code,
        path=path_of(body),
        planned_on=HELD_ON,
        inspectors="检查人",
        planned_by="x",
        disclosed=True,
        performed_on=HELD_ON,
        findings=[finding],
        rectify_by=HELD_ON,
    )


def _violation(body: Body) -> Aggregate:
    return Violation(
        id=sample_id("violation", body),
        state=RAISED,
        body=body.code,
        path=path_of(body),
        trigger=Trigger.PAPER_LEAK,
        source="hand",
        description="泄题",
        raised_by="x",
        disclosed=True,
    )


def _sanction(body: Body) -> Aggregate:
    return Sanction(
        id=sample_id("sanction", body),
        state=CONFIRMED,
        body=body.code,
        path=path_of(body),
        measure="suspension",
        reason="泄题",
        proposed_by="x",
        disclosed=True,
    )


def _account(body: Body) -> Aggregate:
    return Account(
        id=sample_id("account", body),
        state=ACTIVE,
        name="周宁",
        body=body.code,
        path=path_of(body),
        roles=[Role.STATION_CLERK],
        password_hash="",
    )


def _training_record(body: Body) -> Aggregate:
    return TrainingRecord(
        id=sample_id("account", body),
        state=VALID,
        path=path_of(body),
        certificate="PX-1",
        passed_on=HELD_ON,
        valid_until=date(2028, 3, 20),
        recorded_by="x",
        recorded_at=NOW,
    )


def _person(body: Body) -> Aggregate:
    return RegisteredPerson(
        id=sample_id("person", body),
        state="active",
        office="examiner",
        name="张伟",
        card_no=f"R{body.code}",
        body=body.code,
        path=path_of(body),
        scope=[ScopeItem(occupation=TURNER.occupation, levels=[4])],
        appointed_from=HELD_ON,
        valid_until=date(2029, 3, 19),
    )


def _work_report(body: Body) -> Aggregate:
    return WorkReport(
        id=sample_id("work_report", body),
        body=body.code,
        path=path_of(body),
        prepared_by="x",
        quarter="2026-Q1",
        work_done="鉴定工作",
        problems="无",
        suggestions="无",
    )


SAMPLES: dict[str, tuple[Callable[[Body], Aggregate], ...]] = {
    "plan": (_annual_plan, _session_plan),
    "reporting": (_roster, _technician_review),
    "certificate": (_production, _batch, _certificate),
    "notification": (_mailing, _contact, _webhook, _branch_queue, _calendar),
    "supervision": (_inspection, _violation, _sanction, _work_report),
    "directory": (_account, _training_record, _person),
}


async def furnish(house: House) -> None:
    """Put them all, past every rule: only who may see and touch them is of interest."""
    for service, makers in SAMPLES.items():
        for body in TREE:
            for make in makers:
                assert await repository.add(house.stores[service], make(body))
    await house.files.put(PRINT_FILE)
    for body in TREE:
        await lines.write(house.stores["reporting"], IMPORT.format(code=body.code), [lines.text_of([a_line(1)])])
