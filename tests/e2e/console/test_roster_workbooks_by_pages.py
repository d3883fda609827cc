"""Form 6 by pages: out as a template, back in after a check; of what is wrong every cell is said, and no file is kept."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import openpyxl
import pytest

from shared.errors import Unavailable
from shared.web.uploads import MOST_OF_ONE
from tests.world.browser import Browser, forms
from tests.world.house import House
from tests.world.seeding import SMALL, lines_of, plan_session, workbook

CLERK = SMALL.station.account("station_clerk")
PAGE = f"/rosters/{SMALL.id}"
UPLOAD = f"{PAGE}/workbook"
FIRST = lines_of(SMALL)[0]
OLD_ID = FIRST.id_number[:6] + FIRST.id_number[8:17]
"""As cards of the first generation have it: fifteen digits, read as eighteen, which somebody has to confirm."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def with_cells(**cells: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook(SMALL)))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def files(content: bytes, name: str = "名册.xlsx") -> dict[str, Any]:
    return {"file": (name, content, XLSX)}


@pytest.fixture
async def clerk(bare_house: House) -> AsyncIterator[Browser]:
    """Before the page of the upload, with a roster that is empty."""
    await plan_session(bare_house, SMALL)
    await bare_house.run_until_quiet()
    heads = dict.fromkeys(("applied", "accepted", "examined"), SMALL.size)
    await bare_house.person(CLERK).create("/reporting/rosters", {"session": SMALL.id, "attendance": heads}, "roster")
    browser = Browser(bare_house)
    await browser.sign_in(CLERK)
    await browser.open(UPLOAD)
    yield browser
    await browser.close()


async def check(clerk: Browser, content: bytes) -> httpx.Response:
    await clerk.open(UPLOAD)
    return await clerk.submit(f"{UPLOAD}/check", files(content))


async def import_(clerk: Browser, content: bytes, **changed: str) -> httpx.Response:
    """With the button of the page of the check, whose fields go with it."""
    (fields,) = [sent for action, sent in forms(clerk.page.text) if action == f"{UPLOAD}/check"]
    return await clerk.send(UPLOAD, files(content), **{**fields, **changed})


async def test_checked_then_imported(bare_house: House, clerk: Browser) -> None:
    page = await check(clerk, workbook(SMALL))
    assert page.status_code == 200
    assert "共 3 人" in page.text
    assert "名册尚未改变" in page.text
    assert not (await bare_house.person(CLERK).get(SMALL.path))["pages"]
    page = await import_(clerk, workbook(SMALL))
    assert page.url.path == PAGE
    assert "已导入" in page.text
    assert "合格 3 人" in page.text


async def test_the_template_comes_from_the_service(bare_house: House, clerk: Browser) -> None:
    answer = await clerk.open(f"{PAGE}/template.xlsx")
    assert answer.headers["content-type"] == XLSX
    assert f'filename="{SMALL.id}.xlsx"' in answer.headers["content-disposition"]
    sheets = openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
    assert len([name for name in sheets if "-" in name]) == len(SMALL.heads)


async def test_every_wrong_cell_is_said_with_its_place_and_how_to_mend_it(clerk: Browser) -> None:
    page = await check(clerk, with_cells(G7="123", C8=None))
    assert page.status_code == 422
    for said in ("<code>G7</code>", "<code>C8</code>", "共 2 处", "请填写"):
        assert said in page.text
    assert ">导入</button>" not in page.text, "nothing to import"


async def test_the_marked_workbook_comes_back_and_is_kept_nowhere(clerk: Browser) -> None:
    await clerk.open(UPLOAD)
    answer = await clerk.submit(f"{UPLOAD}/check", files(with_cells(G7="123")))
    answer = await clerk.send(f"{UPLOAD}/marked", files(with_cells(G7="123")))
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["cache-control"] == "no-store"
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert any(sheet["G7"].comment for sheet in book.worksheets)


async def test_what_was_read_otherwise_is_confirmed_before_it_counts(bare_house: House, clerk: Browser) -> None:
    content = with_cells(G7=OLD_ID)
    page = await check(clerk, content)
    assert FIRST.id_number in page.text
    assert "须逐处确认的更正" in page.text
    unconfirmed = await import_(clerk, content, confirmed="")
    assert unconfirmed.status_code == 409
    assert "须核对之处" in unconfirmed.text
    assert (await import_(clerk, content)).url.path == PAGE, "confirmed on the page that said what"
    assert "已核对并确认 1 处更正" in clerk.page.text
    assert " · " not in clerk.page.text.partition("<main")[2].partition("</main>")[0], "one language"


async def test_another_file_than_the_one_that_was_checked_is_not_imported(bare_house: House, clerk: Browser) -> None:
    await check(clerk, workbook(SMALL))
    page = await import_(clerk, with_cells(L7=None))
    assert page.status_code == 422
    assert "不是刚才检查的文件" in page.text
    assert not (await bare_house.person(CLERK).get(SMALL.path))["pages"]


async def test_a_second_click_imports_once(bare_house: House, clerk: Browser) -> None:
    checked = await check(clerk, workbook(SMALL))
    await import_(clerk, workbook(SMALL))
    clerk.page = checked  # the back button
    assert (await import_(clerk, workbook(SMALL))).url.path == PAGE
    history = (await bare_house.person(CLERK).get(SMALL.path))["history"]
    assert [act["verb"] for act in history].count("import") == 1


async def test_somebody_else_imported_meanwhile(bare_house: House, clerk: Browser) -> None:
    await check(clerk, workbook(SMALL))
    colleague = bare_house.person(CLERK)
    _, etag = await colleague.look(SMALL.path)
    await colleague.ask("PUT", f"{SMALL.path}/workbook", etag, content=workbook(SMALL, lines_of(SMALL)[:2]))
    page = await import_(clerk, workbook(SMALL))
    assert page.status_code == 412
    assert "现有 2 人" in page.text
    await check(clerk, workbook(SMALL))
    assert "合格 3 人" in (await import_(clerk, workbook(SMALL))).text


@pytest.mark.parametrize("path", ["/check", "", "/marked"])
async def test_without_a_file(clerk: Browser, path: str) -> None:
    page = await clerk.send(UPLOAD + path, version="1")
    assert page.status_code == 422
    assert "请选择填好的附表六" in page.text


async def test_a_file_that_is_no_workbook(clerk: Browser) -> None:
    page = await check(clerk, b"<html>not a workbook</html>")
    assert page.status_code == 422
    assert "不是 Excel 工作簿" in page.text


async def test_a_file_of_40_mb_is_refused_with_a_page(clerk: Browser) -> None:
    page = await clerk.send(f"{UPLOAD}/check", files(b"x" * 40_000_000))
    assert page.status_code == 413
    assert "20 MB" in page.text
    assert "</html>" in page.text


async def test_whoever_is_signed_out_and_sends_40_mb_is_told_to_sign_in(bare_house: House) -> None:
    nobody = Browser(bare_house)
    page = await nobody.send(f"{UPLOAD}/check", files(b"x" * 40_000_000))
    assert page.status_code == 401
    assert 'name="password"' in page.text
    await nobody.close()


async def test_a_file_while_the_service_is_away(bare_house: House, clerk: Browser, monkeypatch: Any) -> None:
    interfaces = bare_house.outsides["console"].interfaces
    ask = interfaces.ask

    async def away(question: Any) -> Any:
        if question.path.startswith("/reporting"):
            raise Unavailable("系统暂无应答，请稍后再试 · reporting does not answer")
        return await ask(question)

    monkeypatch.setattr(interfaces, "ask", away)
    page = await clerk.submit(f"{UPLOAD}/check", files(workbook(SMALL)))
    assert page.status_code == 503
    assert "请稍后再试" in page.text
    monkeypatch.undo()
    assert (await check(clerk, workbook(SMALL))).status_code == 200


async def test_a_third_file_at_a_time_waits(bare_house: House, clerk: Browser, monkeypatch: Any) -> None:
    """The console holds each until it was answered, so nobody sends it many at once."""
    interfaces = bare_house.outsides["console"].interfaces
    ask, arrived, go_on = interfaces.ask, asyncio.Semaphore(0), asyncio.Event()

    async def slow(question: Any) -> Any:
        if question.file is not None:
            arrived.release()
            await go_on.wait()
        return await ask(question)

    monkeypatch.setattr(interfaces, "ask", slow)
    sent = [
        asyncio.create_task(clerk.client.post(f"{UPLOAD}/check", files=files(workbook(SMALL))))
        for _ in range(MOST_OF_ONE)
    ]
    for _ in sent:
        await arrived.acquire()
    third = await clerk.client.post(f"{UPLOAD}/check", files=files(workbook(SMALL)))
    assert third.status_code == 503
    assert "您的其他文件尚在接收" in third.text
    go_on.set()
    assert [one.status_code for one in await asyncio.gather(*sent)] == [200] * MOST_OF_ONE
    assert (await check(clerk, workbook(SMALL))).status_code == 200, "their places are free again"
