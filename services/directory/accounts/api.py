"""HTTP of accounts: open, look, change, close; machines and their secrets."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.directory.accounts import storage, usecases
from services.directory.accounts.account import Account
from services.directory.accounts.answers import AccountAnswer, MachineAnswer, MachineStateAnswer, OwnAccountAnswer
from services.directory.accounts.desk import Desk
from services.directory.accounts.requests import AccountEntry, InitialPassword, NewAccount, NewMachine, Why
from shared.keeping import repository
from shared.ports import Store, Value
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.edge.headers import NOT_KEPT
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, shown
from shared.web.preconditions import tag
from shared.words import choices

Id = Annotated[str, Path(description="账号 · id of the account")]


def router(store: Store, desk: Desk) -> APIRouter:
    routes = APIRouter(tags=["账号 · accounts"])

    @routes.get("/me", summary="本人账号 · one's own account, and what this token is good for")
    async def me(by: By) -> OwnAccountAnswer:
        account = await repository.load(store, Account, by.id)
        return OwnAccountAnswer.of(
            account, practising=by.practising, trained=by.trained, at=by.body, sign_in=by.sign_in
        )

    @routes.post("/accounts", status_code=201, summary="开立账号 · open an account, with an initial password")
    async def open_account(new: NewAccount, asked: Asking, key: IdempotencyKey, response: Response) -> AccountAnswer:
        """It opens nothing until its holder has changed the password (`POST /directory/passwords`)."""
        account = await usecases.open_account(store, asked, key, new, desk.officer(asked.by.id))
        response.headers["Location"] = f"/directory/accounts/{account.id}"
        return _answer(account, response)

    @routes.get("/accounts", summary="账号列表 · accounts of one's own body and of those below")
    async def listed(
        by: By,
        paged: Paged,
        state: Annotated[
            Literal["", "active", "closed"],
            Query(
                description=choices(
                    "只列此状态",
                    "only those in this state",
                    Account.WORDS.states,
                ),
            ),
        ] = "",
        body: Annotated[
            str, Query(max_length=8, description="只列此机构，填机构编码 · only those of this body: institution code")
        ] = "",
    ) -> Listing[AccountAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        where |= {"body": body} if body else {}
        return shown(await below(store, Account.KIND, by, paged, where), Account, AccountAnswer.of)

    @routes.get("/accounts/{id}", summary="查看账号 · look at one")
    async def look(id: Id, by: By, response: Response) -> AccountAnswer:
        return _answer(await repository.reached(store, Account, id, by), response)

    @routes.put("/accounts/{id}", summary="变更账号 · change name, mailbox and roles")
    async def change(id: Id, entry: AccountEntry, asked: Expecting, response: Response) -> AccountAnswer:
        """A role that is taken away opens nothing any more within a minute; nobody changes their own roles."""
        return _answer(await usecases.change(store, id, asked, entry), response)

    @routes.post("/accounts/{id}/closing", summary="关闭账号 · close for good")
    async def close(id: Id, why: Why, asked: Expecting, response: Response) -> AccountAnswer:
        return _answer(await usecases.close(store, id, asked, why.reason), response)

    @routes.post("/accounts/{id}/unlocking", summary="解除锁定 · unlock after too many wrong passwords")
    async def unlock(id: Id, why: Why, asked: Expecting, response: Response) -> AccountAnswer:
        return _answer(await usecases.unlock(store, id, asked, why.reason), response)

    @routes.post("/accounts/{id}/initial-password", summary="重设初始密码 · set a new initial password")
    async def set_initial_password(
        id: Id, content: InitialPassword, asked: Expecting, response: Response
    ) -> AccountAnswer:
        officer = desk.officer(asked.by.id)
        return _answer(await usecases.set_initial_password(store, id, asked, content, officer), response)

    @routes.get("/machines/{id}", summary="机器账号是否可用 · whether a machine's account is open (notification only)")
    async def machine_state(id: Id, _: By) -> MachineStateAnswer:
        account = await repository.seek(store, Account, id)
        return MachineStateAnswer(open=account is not None and await storage.is_open(store, account))

    @routes.post("/machines", status_code=201, summary="开立机器账号 · open an account for a branch's own software")
    async def open_machine(
        new: NewMachine, asked: Asking, key: IdempotencyKey, response: Response
    ) -> MachineAnswer | AccountAnswer:
        """`secret` is shown in this answer only; if the answer is lost, renew it."""
        account, secret = await usecases.open_machine(store, asked, key, new)
        response.headers["Location"] = f"/directory/accounts/{account.id}"
        if secret:
            return _with_secret(account, secret, response)
        response.headers.update(NOT_KEPT)
        return _answer(account, response)

    @routes.post("/machines/{id}/secret", summary="更换密钥 · renew the secret; the old one ends")
    async def renew_secret(id: Id, asked: Expecting, response: Response) -> MachineAnswer:
        account, secret = await usecases.renew_secret(store, id, asked)
        return _with_secret(account, secret, response)

    return routes


def _answer(account: Account, response: Response) -> AccountAnswer:
    tag(response, account.version)
    return AccountAnswer.of(account)


def _with_secret(account: Account, secret: str, response: Response) -> MachineAnswer:
    response.headers.update(NOT_KEPT)
    tag(response, account.version)
    return MachineAnswer.of(account, secret=secret)
