"""Use cases of work reports: load, call the verb, save."""

from __future__ import annotations

from collections.abc import Mapping

from services.supervision import ids
from services.supervision.decided import all_decided
from services.supervision.figures import storage as counting
from services.supervision.figures.existence import existed_in
from services.supervision.figures.figures import of_body
from services.supervision.figures.part import Part
from services.supervision.figures.quarter import Quarter
from services.supervision.work_reports.requests import NewWorkReport, WorkReportEntry
from services.supervision.work_reports.work_report import WorkReport
from shared.contracts.directory import BodyRegistered
from shared.errors import Invalid
from shared.keeping import creation, local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure import drafting
from shared.trade.roles import Role

PREPARERS = (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER)


async def draft(store: Store, asked: Asked, key: str, new: NewWorkReport) -> WorkReport:
    """Raises Invalid for a quarter that has not begun, or was over before the body was registered; AlreadyThere."""
    by = asked.by
    by.must_be(*PREPARERS)
    quarter = Quarter.named(new.quarter)
    quarter.must_have_begun(asked.at)
    known = await local_copies.seek(store, BodyRegistered, by.body)
    if known is not None and not existed_in(known, quarter):
        raise Invalid(
            f"{by.body} 于 {known.registered_on} 登记，{new.quarter} 无须报告 · "
            f"was registered on {known.registered_on}: there is nothing to report on {new.quarter}"
        )
    report = WorkReport(
        id=ids.work_report_id(by.body, new.quarter),
        body=by.body,
        path=by.path,
        prepared_by=by.id,
        **new.model_dump(),
    )
    report.move("draft", report.state, by, asked.at)
    request = await creation.once(store, by, key, new)
    return await drafting.draft(store, asked, report, request, f"/supervision/work-reports/{report.id}")


async def revise(store: Store, id: str, asked: Asked, entry: WorkReportEntry) -> WorkReport:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed."""

    def verb(report: WorkReport) -> None:
        report.revise(asked.by, asked.at, **entry.model_dump())

    return await repository.change(store, WorkReport, id, asked, verb)


async def step(
    store: Store, id: str, asked: Asked, verb: str, reason: str = "", reasons: Mapping[str, str] | None = None
) -> WorkReport:
    """A step of the approval. Submitted, it carries the figures of the quarter as the documents stand now, without who
    handed in such a report. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    async def take(report: WorkReport) -> None:
        if verb == "submit":
            quarter = Quarter.named(report.quarter)
            part = Part(report.path)
            found = await counting.rows(store, quarter, part, await all_decided(store, quarter, part))
            report.attach(of_body(found.rows, report.body), asked.at, len(found.left_out))
        report.step(verb, asked.by, asked.at, reason, reasons=reasons)

    return await repository.change(store, WorkReport, id, asked, take)
