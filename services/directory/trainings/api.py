"""HTTP of trainings: the records that open the writing rights (R2), everybody's own, and the way to practise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from services.directory.accounts.account import ACTIVE, Account
from services.directory.trainings import usecases
from services.directory.trainings.answers import OwnTrainingAnswer, TrainingRecordAnswer, TrainingRow
from services.directory.trainings.requests import NewTraining, TrainingWithdrawal
from services.directory.trainings.training_record import VALID, TrainingRecord
from shared.actor import Actor
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.settings import Settings
from shared.trade.deadline import local_day
from shared.trade.roles import UNGATED
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import tag

PAGE = "/training"
"""Of the console: what people see of this."""

Id = Annotated[str, Path(description="账号 · id of the account")]


def router(store: Store, clock: Clock, settings: Settings, changed: Callable[[str], Awaitable[None]]) -> APIRouter:
    """changed: told of each account whose record was changed."""
    routes = APIRouter(tags=["培训 · trainings"])

    @routes.get(
        "/training",
        dependencies=[Depends(people_see_a_page)],
        summary="本人培训情况 · one's own training, and how to practise",
    )
    async def own(by: By) -> OwnTrainingAnswer:
        record = await repository.seek(store, TrainingRecord, by.id)
        return _own(by, record, local_day(clock.now()), settings.training_url)

    @routes.get("/training-records", summary="培训记录 · records below one's own body")
    async def listed(
        by: By,
        paged: Paged,
        due_before: Annotated[
            date | None, Query(description="只列此日之前到期的 · only those that end before this day")
        ] = None,
    ) -> Listing[TrainingRow]:
        """Of active accounts. A page may hold fewer than `limit`, for some have no record: go on while there is a `next`."""
        page = await below(store, Account.KIND, by, paged, {"state": ACTIVE})
        accounts, left_out = repository.readable(Account, page.records)
        found, more_left_out = await usecases.of_accounts(store, accounts)
        rows = [
            TrainingRow.of(record, name=account.name, body=account.body, path=account.path)
            for account, record in found
            if due_before is None or (record.state == VALID and record.valid_until < due_before)
        ]
        return listing(rows, page, [*left_out, *more_left_out])

    @routes.post("/accounts/{id}/training", status_code=201, summary="登记培训 · record a training, or a later one")
    async def record(
        id: Id, new: NewTraining, asked: Asking, key: IdempotencyKey, response: Response
    ) -> TrainingRecordAnswer:
        """Counts from `passed_on` to `valid_until`, both included, by China's calendar. Nobody records their own."""
        recorded = await usecases.record(store, asked, key, id, new)
        await changed(id)
        response.headers["Location"] = f"/directory/accounts/{id}/training"
        return _answer(recorded, response)

    @routes.get("/accounts/{id}/training", summary="查看培训记录 · look at one record")
    async def look(id: Id, by: By, response: Response) -> TrainingRecordAnswer:
        return _answer(await usecases.read(store, by, id), response)

    @routes.post("/accounts/{id}/training/withdrawal", summary="撤销培训记录 · withdraw, with a reason")
    async def withdraw(id: Id, why: TrainingWithdrawal, asked: Expecting, response: Response) -> TrainingRecordAnswer:
        withdrawn = await usecases.withdraw(store, id, asked, why.reason)
        await changed(id)
        return _answer(withdrawn, response)

    return routes


async def people_see_a_page(request: Request) -> None:
    """Letters of earlier releases lead here, and browsers have no token: they are sent on to the page."""
    if "text/html" in request.headers.get("accept", "") and "authorization" not in request.headers:
        raise HTTPException(303, "请打开培训页面 · see the page about training", {"Location": PAGE})


def _answer(record: TrainingRecord, response: Response) -> TrainingRecordAnswer:
    tag(response, record.version)
    return TrainingRecordAnswer.of(record)


def _own(by: Actor, record: TrainingRecord | None, today: date, link: str) -> OwnTrainingAnswer:
    state, sentence = _sentence(by, record, today)
    return OwnTrainingAnswer(
        account=by.id,
        state=state,
        sentence=sentence,
        certificate=record.certificate if record else "",
        passed_on=record.passed_on if record else None,
        valid_until=record.valid_until if record else None,
        days_left=max((record.valid_until - today).days, 0) if record and record.counts_on(today) else 0,
        practising=by.practising,
        how_to_get_trained=(
            "参加考务管理系统培训后，由中心经办人或运行管理员登记培训证书，重新登录即生效 · "
            "take the training in the exam-affairs system; the Centre's clerk or the operator records its certificate; "
            "sign in again"
        ),
        training=link,
        how_to_practise=(
            "登录时带上 scope=training：以本机构的培训镜像办理，编号以 99 开头，一切不具效力 · "
            "sign in with scope=training: you work as your body's twin, numbers carry 99, nothing there counts"
        ),
    )


def _sentence(by: Actor, record: TrainingRecord | None, today: date) -> tuple[str, str]:
    if UNGATED.issuperset(by.roles):
        return "not_needed", "无需培训 · no training is needed"
    if record is None:
        return "none", "尚无培训记录，只能查阅和练习 · no training is recorded: you may read and practise"
    if record.state != VALID:
        return "withdrawn", "培训记录已撤销，只能查阅和练习 · the record was withdrawn: you may read and practise"
    until = record.valid_until
    if until < today:
        return "expired", f"培训已于 {until} 到期，只能查阅和练习 · it ended on {until}: you may read and practise"
    return "valid", f"培训有效至 {until}（含当日） · the training counts until {until}, that day included"
