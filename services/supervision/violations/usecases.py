"""Use cases of violations, and the number check that raises one by itself (R3)."""

from __future__ import annotations

from services.supervision import ids, visibility
from services.supervision.inspections.inspection import PLANNED, Inspection
from services.supervision.violations.answers import Checked
from services.supervision.violations.requests import NewViolation, NumberCheck
from services.supervision.violations.violation import Trigger, Violation
from shared.actor import Actor
from shared.contracts.reporting import ForeignNumberFound
from shared.errors import Invalid, Problem
from shared.keeping import creation, repository
from shared.keeping.ids import foreign_number_id, request_id
from shared.ports import Clock, Store
from shared.trade.numbers.certificate_number import CertificateNumber, foreign
from shared.trade.numbers.spelling import normalise
from shared.trade.practice import is_practice
from shared.trade.roles import Role


async def raise_by_hand(store: Store, clock: Clock, by: Actor, key: str, new: NewViolation) -> Violation:
    """Raises NotFound, NotAllowed, Invalid."""
    body = await visibility.body_below(store, by, new.body)
    if new.inspection:
        await _must_be_found(store, by, new)
    violation = Violation(
        id=ids.violation_id(request_id(by.id, key)),
        state="",
        body=body.body,
        path=body.path,
        trigger=new.trigger,
        source="inspection" if new.inspection else "hand",
        description=new.description,
        inspection=new.inspection,
        finding=new.finding,
        session=new.session,
        raised_by=by.id,
    )
    violation.must_be_raised_by_hand(by)
    violation.start(by, clock.now())
    request = await creation.once(store, by, key, new)
    return await creation.create(store, violation, request, f"/supervision/violations/{violation.id}")


async def _must_be_found(store: Store, by: Actor, new: NewViolation) -> None:
    inspection = await visibility.read(store, Inspection, new.inspection, by)
    if inspection.body != new.body or inspection.state == PLANNED:
        raise Invalid(
            "该检查不能引用 · this inspection cannot be referred to",
            [Problem("/inspection", "不是该机构的、或尚未进行 · of another body, or not performed yet")],
        )
    if new.finding:
        inspection.finding(new.finding)


async def decide(store: Store, clock: Clock, by: Actor, id: str, seen: int, verb: str, reason: str) -> Violation:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    violation = await visibility.seen(store, Violation, id, by, seen)
    (violation.confirm if verb == "confirm" else violation.dismiss)(by, clock.now(), reason)
    await repository.save(store, violation)
    return violation


async def check_number(store: Store, clock: Clock, by: Actor, check: NumberCheck, industry: str) -> Checked:
    """Reads the number digit by digit. One without the industry mark raises a violation of whoever presented it: once,
    however often it is checked, for its id is computed from both. Raises NotFound for an unknown body."""
    body = await visibility.body_below(store, by, check.presented_by)
    number = normalise(check.number)
    try:
        return Checked(number=str(CertificateNumber.parse(number, industry=industry)), fits=True, problems=[])
    except Invalid as error:
        problems = [{"where": one.where, "what": one.what, "fix": one.fix} for one in error.problems]
    found = foreign(number, industry=industry)
    if found is None:
        return Checked(number=number, fits=False, problems=problems)
    violation = Violation(
        id=foreign_number_id(body.body, number),
        state="",
        body=body.body,
        path=body.path,
        trigger=Trigger.FOREIGN_NUMBER,
        source="number_check",
        description=_DESCRIPTION,
        institution=found.institution,
        masked=found.masked,
        raised_by=by.id,
    )
    violation.start(by, clock.now())
    await repository.add(store, violation)
    return Checked(number=number, fits=False, problems=problems, violation=violation.id)


_DESCRIPTION = "证书编号无行业标记 · a certificate number without the industry mark"
_FINDER = Actor("reporting", "名册导入 · roster import", "", "/", frozenset({Role.SERVICE}))


async def raise_found(store: Store, clock: Clock, fact: ForeignNumberFound) -> None:
    """A workbook held the number. Repeats, and a number check of the same, find it there."""
    if is_practice(fact.body):
        return
    violation = Violation(
        id=fact.find,
        state="",
        body=fact.body,
        path=fact.path,
        trigger=Trigger.FOREIGN_NUMBER,
        source="roster_import",
        description=_DESCRIPTION,
        session=fact.session,
        institution=fact.institution,
        masked=fact.masked,
        raised_by=_FINDER.id,
    )
    violation.start(_FINDER, clock.now())
    await repository.add(store, violation)
