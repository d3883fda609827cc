"""Use cases of violations, and the number check that raises one by itself (R3)."""

from __future__ import annotations

from services.supervision import ids, visibility
from services.supervision.inspections.inspection import Inspection
from services.supervision.violations.answers import NumberCheckAnswer, NumberProblem, found_in_register
from services.supervision.violations.requests import NewViolation, NumberCheck
from services.supervision.violations.violation import Trigger, Violation
from shared.actor import Actor
from shared.contracts.certificate import NumberState, RegisteredNumber
from shared.contracts.reporting import ForeignNumberFound
from shared.errors import Invalid, NotFound, Problem, Unavailable
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.keeping.ids import foreign_number_id, request_id
from shared.ports import Clock, Store
from shared.ports.neighbours import Neighbours
from shared.trade.numbers.certificate_number import CertificateNumber, foreign
from shared.trade.numbers.spelling import normalise
from shared.trade.practice import is_practice
from shared.trade.roles import Role


async def raise_by_hand(store: Store, asked: Asked, key: str, new: NewViolation) -> Violation:
    """Raises NotFound, NotAllowed, Invalid."""
    body = await visibility.body_below(store, asked.by, new.body)
    if new.inspection:
        await _must_be_found(store, asked.by, new)
    violation = Violation(
        id=ids.violation_id(request_id(asked.by.id, key)),
        state="",
        body=body.body,
        path=body.path,
        trigger=new.trigger,
        source="inspection" if new.inspection else "hand",
        description=new.description,
        inspection=new.inspection,
        finding=new.finding,
        session=new.session,
        raised_by=asked.by.id,
    )
    violation.must_be_raised_by_hand(asked.by)
    violation.start(asked.by, asked.at)
    request = await creation.once(store, asked.by, key, new)
    return await creation.create(store, violation, request, f"/supervision/violations/{violation.id}")


async def _must_be_found(store: Store, by: Actor, new: NewViolation) -> None:
    inspection = await visibility.read(store, Inspection, new.inspection, by)
    if inspection.body != new.body or not inspection.was_performed:
        raise Invalid(
            "该检查不能引用 · this inspection cannot be referred to",
            [Problem("/inspection", "不是该机构的、或尚未进行 · of another body, or not performed yet")],
        )
    if new.finding:
        inspection.finding(new.finding)


async def confirm(store: Store, id: str, asked: Asked, reason: str) -> Violation:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(violation: Violation) -> None:
        violation.confirm(asked.by, asked.at, reason)

    return await visibility.change(store, Violation, id, asked, verb)


async def dismiss(store: Store, id: str, asked: Asked, reason: str) -> Violation:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(violation: Violation) -> None:
        violation.dismiss(asked.by, asked.at, reason)

    return await visibility.change(store, Violation, id, asked, verb)


async def check_number(
    store: Store, neighbours: Neighbours, asked: Asked, check: NumberCheck, industry: str
) -> NumberCheckAnswer:
    """Reads the number digit by digit, and asks the register about one of ours. One without the industry mark raises a
    violation of whoever presented it: once, however often it is checked, for its id is computed from both. One of ours
    raises none: the certificate may be older than the register. Raises NotFound for an unknown body; Unavailable while the
    register cannot be asked."""
    body = await visibility.body_below(store, asked.by, check.presented_by)
    number = normalise(check.number)
    try:
        ours = str(CertificateNumber.parse(number, industry=industry))
    except Invalid as error:
        problems = [NumberProblem.of(problem) for problem in error.problems]
    else:
        return found_in_register(ours, await _state_of(neighbours, ours))
    found = foreign(number, industry=industry)
    if found is None:
        return NumberCheckAnswer(number=number, fits=False, problems=problems)
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
        raised_by=asked.by.id,
    )
    violation.start(asked.by, asked.at)
    await repository.add(store, violation)
    return NumberCheckAnswer(number=number, fits=False, problems=problems, violation=violation.id)


async def _state_of(neighbours: Neighbours, number: str) -> NumberState:
    """Raises Unavailable."""
    try:
        return (await neighbours.get("certificate", f"/numbers/{number}", RegisteredNumber)).state
    except Unavailable as error:
        raise Unavailable(ASK_LATER, error.ping) from error
    except NotFound as error:  # a release that cannot be asked yet
        raise Unavailable(ASK_LATER) from error


ASK_LATER = "暂时无法查询证书登记，请稍后再试 · the certificate register cannot be asked now, try again later"
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
