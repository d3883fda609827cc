"""What every page has around it, and how an answer becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.console.entry import Entry
from services.console.language import LANGUAGES
from services.console.refusal import Kept
from services.console.rendering import Templates
from services.console.sessions.session import Holder
from services.console.typed import Typed, has_files, kept
from services.console.visitor import LOOK, Look, Visitor
from shared.web.edge.headers import NOT_KEPT
from shared.words import Pair

HOME, SIGN_IN, SIGN_IN_AGAIN = "/", "/sign-in", "/sign-in/again"
GO_ON = "/sign-in/go-on"
"""Where what was typed waits after a fresh sign-in."""
DONE: Final[Mapping[str, Pair]] = {
    "saved": ("已保存。", "Saved."),
    "drafted": (
        "已保存，尚未呈报：核对无误后点“呈报”。",
        "Saved and not submitted yet: look it over, then submit it.",
    ),
    "opened": (
        "名册已建立。接着下载模板、导入附表六。",
        "The roster is open. Next fetch the template and import form 6.",
    ),
    "imported": ("已导入。请核对合格人数，无误后呈报。", "Imported. Compare the numbers, then submit it."),
    "recorded": ("已登记。", "Recorded."),
    "proved": ("已登录，请再点一次要取的文件。", "You are signed in: press the file once more."),
    "signed_out": ("已退出。", "You are signed out."),
    "signed_in_beside": (
        "已登录。请关闭此窗口，回到原来的窗口，提交您填写的内容。",
        "You are signed in. Close this window, and send from the one before what you typed.",
    ),
    "submit": ("已呈报，上级会看到。", "Submitted: the office above sees it."),
    "endorse": ("已审核同意，转中心批准。", "Endorsed: the Centre is next."),
    "approve": ("已批准，编制机构会收到通知。", "Approved: the body that drafted it is told."),
    "approve_roster": (
        "已批准，名册封存。系统随即编号、绘制证书，由制证机构打印、寄发。",
        "Approved and sealed. Certificates are numbered and drawn now; who makes them prints and posts them.",
    ),
    "send_back": ("已退回，对方会收到理由。", "Returned; they get your reason."),
    "withdraw": ("已撤回，可以修改。", "Taken back: it may be changed."),
    "discard": ("已作废。", "Given up."),
    "postpone": ("已改期，各方会收到通知。", "Put off: everybody concerned is told."),
    "cancel": ("已取消，各方会收到通知。", "Cancelled: everybody concerned is told."),
    "draw": ("抽题已记录。", "The draw is recorded."),
    "mail": (
        "已登记寄发，鉴定机构和持证人会收到信函。",
        "Posted: the appraising body and the holders get their letters.",
    ),
    "receive": ("已登记收到。", "Entered as received."),
    "redraw": ("已要求重绘，绘制完成后另有一份打印文件。", "It is being drawn again; it comes as one more print file."),
}
"""What is said on the page after a form."""


@dataclass(frozen=True, slots=True)
class Frame:
    """menu: the entries that this visitor may open. here: name of the entry of this page. path: where this page is opened
    again, with its query. done: what the form before this page did. typed: what this page answers, where it cannot be opened
    again and no file went with it; it goes along when somebody has pages look otherwise."""

    look: Look
    holder: Holder | None
    menu: tuple[Entry, ...]
    here: str
    path: str
    help: str
    done: str
    typed: Kept | None = None


def frame_of(request: Request, at: str = "") -> Frame:
    """Also where no page was found, or nobody is signed in. at: where it is opened again; empty: where it was."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    path = at or address_of(request)
    if visitor is None:
        return Frame(Look.read(request.cookies.get(LOOK, "")), None, (), "", path, "", "")
    entries: tuple[Entry, ...] = request.app.state.menu
    signed_in = visitor.holder is not None
    shown = tuple(one for one in entries if one.shown and signed_in and visitor.may(one.pages[0].asks))
    done = DONE.get(request.query_params.get("done", ""), ("", ""))[LANGUAGES.index(visitor.look.language)]
    help = visitor.page.help or visitor.entry.name
    return Frame(
        visitor.look, visitor.holder, shown, visitor.entry.name, path, help, done, None if at else _typed(request)
    )


def _typed(request: Request) -> Kept | None:
    form: Typed | None = getattr(request.state, "typed", None)
    return None if form is None or has_files(request) else kept(request, form)


def page(request: Request, template: str, status: int = 200, *, at: str = "", **context: Any) -> HTMLResponse:
    """at: where it is opened again, for what answers a form at another address than its own."""
    templates: Templates = request.app.state.templates
    frame = frame_of(request, at)
    return templates.answer(frame.look.language, template, {"frame": frame, **context}, status)


def go(to: str, done: str = "") -> RedirectResponse:
    """After a form: the browser reads the next page, and going back sends nothing twice. to: an address of ours. done: what is
    said there, a key of DONE."""
    mark = ("&" if "?" in to else "?") + f"done={done}" if done else ""
    return RedirectResponse(f"{to}{mark}", 303, NOT_KEPT)


def to_sign_in(request: Request, next: str = "") -> RedirectResponse:
    """And on to `next`; without it, back to this very page."""
    return go(sign_in_address(next or address_of(request)))


def sign_in_address(next: str) -> str:
    return SIGN_IN if next == HOME else f"{SIGN_IN}?next={quote(next, safe='/')}"


def address_of(request: Request) -> str:
    """Of the page that is asked for, with its query."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def own_address(wanted: str) -> str:
    """An address that somebody else may have written, if it leads to a page of ours; else the first page."""
    ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if ours and wanted.isprintable() else HOME
