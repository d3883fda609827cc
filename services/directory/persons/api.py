"""HTTP of registered persons. Whoever runs the machines sees no people, so the operator has no door here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.directory.persons import usecases
from services.directory.persons.answers import PersonAnswer
from services.directory.persons.person import OFFICES, Office, RegisteredPerson, Wanted
from services.directory.persons.requests import NewPerson, PersonWithdrawal, Renewal
from shared.keeping import repository
from shared.ports import Store
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, shown
from shared.web.preconditions import tag
from shared.words import choices

Id = Annotated[str, Path(description="人员编号 · id of the person")]


def router(store: Store, changed: Callable[[str, date], Awaitable[None]]) -> APIRouter:
    """changed: told, with body and last day, of each card that ends otherwise than it did."""
    routes = APIRouter(prefix="/persons", tags=["考评和督导人员 · registered persons"])

    @routes.post("", status_code=201, summary="登记考评或督导人员 · register an examiner or a supervisor")
    async def register(new: NewPerson, asked: Asking, key: IdempotencyKey, response: Response) -> PersonAnswer:
        person = await usecases.register(store, asked, key, new)
        response.headers["Location"] = f"/directory/persons/{person.id}"
        return _answer(person, response)

    @routes.get("", summary="人员列表 · those below one's own body")
    async def listed(
        by: By,
        paged: Paged,
        office: Annotated[
            Literal["", Office],
            Query(
                description=choices(
                    "只列此类别",
                    "only those of this office",
                    OFFICES,
                ),
            ),
        ] = "",
        state: Annotated[
            Literal["", "active", "withdrawn"],
            Query(
                description=choices(
                    "只列此状态",
                    "only those in this state",
                    RegisteredPerson.WORDS.states,
                ),
            ),
        ] = "",
        occupation: Annotated[
            str, Query(max_length=20, description="可考评此职业，填职业编码 · who may assess this occupation: its code")
        ] = "",
        level: Annotated[int | None, Query(ge=1, le=5, description="可考评此等级 · … at this level")] = None,
        valid_on: Annotated[date | None, Query(description="此日在聘 · … on this day")] = None,
    ) -> Listing[PersonAnswer]:
        wanted = Wanted(office, state, occupation, level, valid_on)
        page = await usecases.listed(store, by, wanted, after=paged.after, limit=paged.limit)
        return shown(page, RegisteredPerson, PersonAnswer.of)

    @routes.get("/{id}", summary="查看 · look at one")
    async def look(id: Id, by: By, response: Response) -> PersonAnswer:
        return _answer(await repository.reached(store, RegisteredPerson, id, by), response)

    @routes.post("/{id}/renewal", summary="续聘 · renew the appointment")
    async def renew(id: Id, entry: Renewal, asked: Expecting, response: Response) -> PersonAnswer:
        before = await repository.reached(store, RegisteredPerson, id, asked.by)
        person = await usecases.renew(store, id, asked, entry)
        await changed(before.body, before.valid_until)
        return _answer(person, response)

    @routes.post("/{id}/withdrawal", summary="注销 · withdraw, with a reason")
    async def withdraw(id: Id, why: PersonWithdrawal, asked: Expecting, response: Response) -> PersonAnswer:
        person = await usecases.withdraw(store, id, asked, why.reason)
        await changed(person.body, person.valid_until)
        return _answer(person, response)

    return routes


def _answer(person: RegisteredPerson, response: Response) -> PersonAnswer:
    tag(response, person.version)
    return PersonAnswer.of(person)
