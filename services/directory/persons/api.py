"""HTTP of registered persons. Whoever runs the machines sees no people, so the operator has no door here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from services.directory.persons import usecases
from services.directory.persons.person import Office, RegisteredPerson
from services.directory.persons.requests import NewPerson, Renewal, Withdrawal
from shared.keeping import repository
from shared.ports import Clock, Store, Value
from shared.trade.roles import Role
from shared.web.access import By
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, listing
from shared.web.preconditions import ExpectedVersion, tag

_READERS = (
    Role.STATION_CLERK,
    Role.STATION_HEAD,
    Role.BRANCH_OFFICER,
    Role.CENTRE_CLERK,
    Role.CENTRE_APPROVER,
    Role.AUDITOR,
)


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/persons", tags=["考评和督导人员 · registered persons"])

    @routes.post("", status_code=201, summary="登记考评或督导人员 · register an examiner or a supervisor")
    async def register(new: NewPerson, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        person = await usecases.register(store, clock, by, key, new)
        response.headers["Location"] = f"/directory/persons/{person.id}"
        tag(response, person.version)
        return person.as_answer()

    @routes.get("", summary="人员列表 · those below one's own body")
    async def many(
        by: By,
        paged: Paged,
        office: Annotated[Literal["", Office], Query()] = "",
        state: Annotated[Literal["", "active", "withdrawn"], Query()] = "",
        occupation: Annotated[str, Query(max_length=20, description="who may assess this occupation")] = "",
        level: Annotated[int | None, Query(ge=1, le=5, description="… at this level")] = None,
        valid_on: Annotated[date | None, Query(description="… on this day")] = None,
    ) -> Listing[Any]:
        where: dict[str, Value] = {"office": office} if office else {}
        where |= {"state": state} if state else {}
        page = await usecases.listed(
            store,
            by,
            where,
            after=paged.after,
            limit=paged.limit,
            occupation=occupation,
            level=level,
            day=valid_on,
        )
        return listing([RegisteredPerson.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/{id}", summary="查看 · look at one")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        person = await repository.reached(store, RegisteredPerson, id, by)
        tag(response, person.version)
        return person.as_answer()

    @routes.post("/{id}/renewal", summary="续聘 · renew the appointment")
    async def renew(id: str, entry: Renewal, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        person = await usecases.renew(store, clock, by, id, seen, entry)
        tag(response, person.version)
        return person.as_answer()

    @routes.post("/{id}/withdrawal", summary="注销 · withdraw, with a reason")
    async def withdraw(id: str, why: Withdrawal, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        person = await usecases.withdraw(store, clock, by, id, seen, why.reason)
        tag(response, person.version)
        return person.as_answer()

    return routes
