"""HTTP of passwords: change one's own, have a letter with a link sent, use the link. As JSON, and as pages for people, which look
like those of the console (its style sheet) and lead back to its sign-in."""

from __future__ import annotations

import pathlib
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Form, Path, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import SecretStr

from services.directory.accounts.desk import Desk
from services.directory.resets import usecases
from services.directory.resets.answers import AddresseeAnswer, ResetAnswer
from services.directory.resets.requests import PasswordChange, Redemption, ResetRequest
from shared.errors import AppError, Invalid, TooOften
from shared.memory.throttles import Throttle, Throttles
from shared.ports import Clock, Store
from shared.settings import Settings
from shared.web.access import By
from shared.web.edge.headers import NOT_KEPT
from shared.web.problems import status_of
from shared.web.visitors import range_of

RESETS_PER_MINUTE = 5  # per account and address; who asks more often wants to know something else

_TOKEN = "信中链接所带的令牌 · the token in the link of the letter"


def router(
    store: Store,
    clock: Clock,
    settings: Settings,
    throttles: Throttles,
    desk: Desk,
    everybody: Throttle,
    each: Throttle,
) -> APIRouter:
    routes, pages = APIRouter(tags=["密码 · passwords"]), _Pages(settings)
    resets = throttles.new(RESETS_PER_MINUTE, "申请过于频繁，请稍后再试 · asked too often, try again later")

    async def change(request: Request, content: PasswordChange) -> None:
        range = range_of(request)
        everybody.take(range)
        each.take(f"{content.account} {range}")
        await usecases.change_password(store, clock, content, desk.asker(range, content.account))

    async def redeem(request: Request, content: Redemption) -> None:
        range = range_of(request)
        everybody.take(range)
        await usecases.redeem(store, clock, content, desk, range)

    async def send_link(request: Request, wanted: ResetRequest, afterwards: BackgroundTasks) -> None:
        range = range_of(request)
        everybody.take(range)
        resets.take(f"{wanted.account} {range}")
        account = await usecases.seek_for_reset(store, wanted.account)
        if account is not None:
            afterwards.add_task(usecases.request_reset, store, clock, account)

    @routes.post("/passwords", status_code=204, summary="修改密码 · change one's own")
    async def change_password(content: PasswordChange, request: Request) -> None:
        """Open, because an initial password opens nothing else. Ends all sign-ins of the account."""
        await change(request, content)

    @routes.post("/password-resets", status_code=202, summary="忘记密码 · have a letter with a link sent")
    async def request_reset(wanted: ResetRequest, request: Request, afterwards: BackgroundTasks) -> ResetAnswer:
        """The answer is the same whether the account exists or not."""
        await send_link(request, wanted, afterwards)
        return ResetAnswer(detail=usecases.ON_ITS_WAY)

    @routes.post(
        "/password-resets/redemption",
        status_code=204,
        summary="凭链接设新密码 · a new password for the token of the link",
    )
    async def redemption(content: Redemption, request: Request) -> None:
        await redeem(request, content)

    @routes.get("/reset", response_class=HTMLResponse, summary="链接打开的页面 · the page that the link opens")
    async def reset_page(token: Annotated[str, Query(max_length=2000, description=_TOKEN)] = "") -> HTMLResponse:
        return pages.page("reset.html", 200, token=token)

    @routes.post("/reset", response_class=HTMLResponse, summary="页面的提交 · what that page sends")
    async def reset_form(
        request: Request,
        token: Annotated[str, Form(max_length=2000, description=_TOKEN)] = "",
        password: Annotated[str, Form(max_length=200, description="新密码 · the new password")] = "",
        again: Annotated[str, Form(max_length=200, description="再次输入新密码 · the new password again")] = "",
    ) -> HTMLResponse:
        if password != again:
            return pages.page("reset.html", 422, _DIFFERENT, token=token)
        try:
            await redeem(request, Redemption(token=token, password=SecretStr(password)))
        except AppError as error:
            return pages.refused("reset.html", error, token=token)
        return pages.page("reset.html", 200, done=True, token="")

    @routes.get("/password", response_class=HTMLResponse, summary="修改密码的页面 · the page for changing a password")
    async def password_page(
        why: Annotated[
            Literal["", "initial"],
            Query(
                description="为何打开：`initial` 表示初始密码须先修改 · `initial`: the initial password has to be changed"
            ),
        ] = "",
        account: Annotated[str, Query(max_length=64, description="已填写的账号 · account that was typed before")] = "",
    ) -> HTMLResponse:
        return pages.page("password.html", 200, account=account, initial=why)

    @routes.post("/password", response_class=HTMLResponse, summary="页面的提交 · what that page sends")
    async def password_form(
        request: Request,
        account: Annotated[str, Form(max_length=64, description="账号 · account")] = "",
        old: Annotated[str, Form(max_length=200, description="现用密码 · the present password")] = "",
        password: Annotated[str, Form(max_length=200, description="新密码 · the new password")] = "",
        again: Annotated[str, Form(max_length=200, description="再次输入新密码 · the new password again")] = "",
    ) -> HTMLResponse:
        if password != again:
            return pages.page("password.html", 422, _DIFFERENT, account=account, initial="")
        try:
            await change(request, PasswordChange(account=account, old=SecretStr(old), new=SecretStr(password)))
        except AppError as error:
            return pages.refused("password.html", error, account=account, initial="")
        return pages.page("password.html", 200, done=True, account="", initial="")

    @routes.get("/forgotten", response_class=HTMLResponse, summary="忘记密码的页面 · the page for a forgotten password")
    async def forgotten_page() -> HTMLResponse:
        return pages.page("forgotten.html", 200, account="", sentence="")

    @routes.post("/forgotten", response_class=HTMLResponse, summary="页面的提交 · what that page sends")
    async def forgotten_form(
        request: Request,
        afterwards: BackgroundTasks,
        account: Annotated[str, Form(max_length=64, description="账号 · account")] = "",
    ) -> HTMLResponse:
        """The same whether the account exists or not."""
        try:
            await send_link(request, ResetRequest(account=account), afterwards)
        except AppError as error:
            return pages.refused("forgotten.html", error, account=account, sentence="")
        return pages.page("forgotten.html", 200, done=True, account="", sentence=usecases.ON_ITS_WAY)

    @routes.get(
        "/addressees/{reference}", summary="账号的收信人 · who a letter about an account is for (notification only)"
    )
    async def addressee(
        reference: Annotated[str, Path(description="账号代号 · reference of the account, as events have it")],
        _: By,
        letter: Annotated[str, Query(max_length=60, description="信函名称 · name of the letter")],
    ) -> AddresseeAnswer:
        return AddresseeAnswer.of(await usecases.addressee(store, clock, settings, reference, letter))

    return routes


_DIFFERENT = ["两次输入的密码不一致 · the two new passwords differ"]


class _Pages:
    """With the footer of the console's pages."""

    def __init__(self, settings: Settings) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(pathlib.Path(__file__).parent / "pages"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.globals |= {
            "icp": settings.icp,
            "police_record": settings.police_record,
            "help_line": settings.help_line,
        }

    def page(
        self, name: str, status: int, problems: list[str] | None = None, done: bool = False, **more: str
    ) -> HTMLResponse:
        content = self._templates.get_template(name).render(problems=problems or [], done=done, **more)
        return HTMLResponse(content, status, NOT_KEPT)

    def refused(self, name: str, error: AppError, **more: str) -> HTMLResponse:
        """The page again, with each problem in it, or the one sentence there is."""
        problems = [problem.what for problem in error.problems] if isinstance(error, Invalid) else []
        page = self.page(name, status_of(error), problems or [str(error)], done=False, **more)
        if isinstance(error, TooOften):
            page.headers["Retry-After"] = str(error.wait)
        return page
