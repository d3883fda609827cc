"""HTTP of accounts: open, look, change, close; machines and their secrets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from services.directory.accounts import usecases
from services.directory.accounts.account import Account
from services.directory.accounts.requests import AccountEntry, InitialPassword, NewAccount, NewMachine, Why
from shared.keeping import repository
from shared.ports import Clock, Store, Value
from shared.web.access import By
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(tags=["账号 · accounts"])

    @routes.get("/me", summary="本人账号 · one's own account, and what this token is good for")
    async def me(by: By) -> dict[str, Any]:
        account = await repository.load(store, Account, by.id)
        now = {"practising": by.practising, "trained": by.trained, "at": by.body, "sign_in": by.sign_in}
        return {**account.as_answer(), **now}

    @routes.post("/accounts", status_code=201, summary="开立账号 · open an account, with an initial password")
    async def open_account(new: NewAccount, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        """It opens nothing until its holder has changed the password (`POST /directory/passwords`)."""
        account = await usecases.open_account(store, clock, by, key, new)
        response.headers["Location"] = f"/directory/accounts/{account.id}"
        return _answer(account, response)

    @routes.get("/accounts", summary="账号列表 · accounts of one's own body and of those below")
    async def many(
        by: By,
        paged: Paged,
        state: Annotated[Literal["", "active", "closed"], Query()] = "",
        body: Annotated[str, Query(max_length=8, description="institution code")] = "",
    ) -> Listing[Any]:
        where: dict[str, Value] = {"state": state} if state else {}
        where |= {"body": body} if body else {}
        page = await below(store, Account.KIND, by, paged, where)
        return listing([Account.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/accounts/{id}", summary="查看账号 · look at one")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await usecases.read_account(store, by, id), response)

    @routes.put("/accounts/{id}", summary="变更账号 · change name, mailbox and roles")
    async def change(id: str, entry: AccountEntry, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        """A role that is taken away opens nothing any more within a minute; nobody changes their own roles."""
        return _answer(await usecases.change(store, clock, id, seen, by, entry), response)

    @routes.post("/accounts/{id}/closing", summary="关闭账号 · close for good")
    async def close(id: str, why: Why, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.close(store, clock, id, seen, by, why.reason), response)

    @routes.post("/accounts/{id}/unlocking", summary="解除锁定 · unlock after too many wrong passwords")
    async def unlock(id: str, why: Why, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.unlock(store, clock, id, seen, by, why.reason), response)

    @routes.post("/accounts/{id}/initial-password", summary="重设初始密码 · set a new initial password")
    async def set_initial_password(
        id: str, content: InitialPassword, by: By, seen: ExpectedVersion, response: Response
    ) -> dict[str, Any]:
        return _answer(await usecases.set_initial_password(store, clock, id, seen, by, content), response)

    @routes.post("/machines", status_code=201, summary="开立机器账号 · open an account for a branch's own software")
    async def open_machine(new: NewMachine, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        """`secret` is shown in this answer only; if the answer is lost, renew it."""
        account, secret = await usecases.open_machine(store, clock, by, key, new)
        response.headers["Location"] = f"/directory/accounts/{account.id}"
        return _with_secret(account, secret, response)

    @routes.post("/machines/{id}/secret", summary="更换密钥 · renew the secret; the old one ends")
    async def renew_secret(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        account, secret = await usecases.renew_secret(store, clock, id, seen, by)
        return _with_secret(account, secret, response)

    return routes


def _answer(account: Account, response: Response) -> dict[str, Any]:
    tag(response, account.version)
    return account.as_answer()


def _with_secret(account: Account, secret: str, response: Response) -> dict[str, Any]:
    response.headers["Cache-Control"] = "no-store"
    return _answer(account, response) | ({"secret": secret} if secret else {})
