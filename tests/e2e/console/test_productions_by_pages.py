"""A production by pages alone: progress, print files, a redraw, the parcel by a scanner, the receipt; who sees and may what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import openpyxl
import pytest

from services.certificate.production.batch import Batch
from services.certificate.production.production import Production
from services.demo.cast import CENTRE, STATIONS
from shared.ports import Record
from tests.world.browser import SignedIn, browsers_at, forms
from tests.world.house import House
from tests.world.seeding import APPROVER, SMALL, approve, post

HERE = f"/productions/{SMALL.id}"
STATION = SMALL.station.account("station_clerk")
ELSEWHERE = STATIONS[2].account("station_clerk")
PARCEL = {"carrier": "中国邮政EMS", "parcel": "EA123456789CN"}


@pytest.fixture
async def made(house: House) -> House:
    await approve(house, SMALL)
    await house.run_until_quiet()
    return house


@pytest.fixture
async def browsers(house: House) -> AsyncIterator[SignedIn]:
    async with browsers_at(house) as signed_in:
        yield signed_in


async def changed(house: House, kind: str, id: str, **fields: object) -> None:
    store = house.stores["certificate"]
    record = await store.get(kind, id)
    assert record is not None
    await store.put(kind, Record(id, {**record.body, **fields}, record.version, record.facts))


async def a_character_is_missing(house: House) -> str:
    """In the only batch, as it is stored when no font has a character. Returns the batch."""
    batch = f"{SMALL.id}-b0000"
    record = await house.stores["certificate"].get(Batch.KIND, batch)
    assert record is not None
    lacking = {"certificate": "c", "number": "2649053012400001", "characters": ["\U00032000"]}
    await changed(house, Batch.KIND, batch, refused=[lacking], drawn=SMALL.size - 1)
    await changed(house, Production.KIND, SMALL.id, refused=1, left_out=["c"])
    return batch


async def test_from_the_print_file_to_the_receipt(made: House, browsers: SignedIn) -> None:
    poster = await browsers(SMALL.poster)
    page = await poster.open("/productions?state=ready")
    assert f'href="{HERE}"' in page.text
    assert "待寄发 <b>1</b>" in page.text
    await poster.open(HERE)
    file = await poster.client.get(f"{HERE}/batches/{SMALL.id}-b0000/print-files/1")
    assert file.content.startswith(b"%PDF")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{SMALL.id}-b0000.pdf"'
    assert file.headers["Cache-Control"] == "no-store"
    page = await poster.submit(f"{HERE}/parcel", **PARCEL)
    assert (page.status_code, page.url.path) == (200, HERE)
    assert "已登记寄发" in page.text
    clerk = await browsers(STATION)
    assert f"寄出 {SMALL.size} 份" in (await clerk.open(HERE)).text
    page = await clerk.submit(f"{HERE}/receipt", certificates=str(SMALL.size))
    assert "已登记收到" in page.text
    assert "已收到" in page.text


async def test_a_scanner_that_sends_twice_is_told_nothing_but_that_it_is_done(made: House, browsers: SignedIn) -> None:
    poster = await browsers(SMALL.poster)
    asked = dict(forms((await poster.open(HERE)).text))[f"{HERE}/parcel"] | PARCEL
    for _ in range(2):
        page = await poster.send(f"{HERE}/parcel", **asked)
        assert (page.status_code, page.url.path) == (200, HERE)
    production = await made.person(SMALL.poster).get(f"/certificate/productions/{SMALL.id}")
    assert len([act for act in production["history"] if act["verb"] == "mail"]) == 1


async def test_another_parcel_meanwhile_shows_both(made: House, browsers: SignedIn) -> None:
    poster = await browsers(SMALL.poster)
    await poster.open(HERE)
    await post(made, SMALL)
    page = await poster.submit(f"{HERE}/parcel", **PARCEL)
    assert page.status_code == 412
    assert PARCEL["parcel"] in page.text
    assert f"EA{SMALL.number:09d}CN" in page.text


async def test_a_wrong_parcel_stays_typed_and_says_what_is_wrong_beside_it(made: House, browsers: SignedIn) -> None:
    poster = await browsers(SMALL.poster)
    await poster.open(HERE)
    page = await poster.submit(f"{HERE}/parcel", carrier="中国邮政EMS", parcel="短")
    assert page.status_code == 422
    assert 'value="短"' in page.text
    assert 'id="fault-parcel-1"' in page.text


async def test_nothing_typed_is_no_parcel(made: House, browsers: SignedIn) -> None:
    """An unposted production has an empty parcel too: that is not the same one again."""
    poster = await browsers(SMALL.poster)
    await poster.open(HERE)
    assert (await poster.submit(f"{HERE}/parcel", carrier="", parcel="")).status_code == 422


async def test_a_count_that_is_none_stays_typed(made: House, browsers: SignedIn) -> None:
    await post(made, SMALL)
    clerk = await browsers(STATION)
    await clerk.open(HERE)
    page = await clerk.submit(f"{HERE}/receipt", certificates="三份")
    assert page.status_code == 422
    assert 'value="三份"' in page.text


async def test_a_redraw_with_its_reason(made: House, browsers: SignedIn) -> None:
    batch = await a_character_is_missing(made)
    poster = await browsers(SMALL.poster)
    page = await poster.open(HERE)
    assert "\U00032000" in page.text
    assert "U+32000" in page.text, "for nobody sees a character that no font has"
    assert "寄发后不再补入" in page.text, "said where it would be posted too early"
    page = await poster.submit(f"{HERE}/batches/{batch}/redraw", reason="已安装字库")
    assert page.status_code == 200
    assert "已要求重绘" in page.text
    assert "已安装字库" in page.text
    assert 'hx-trigger="every 3s"' in page.text, "it is drawn again"
    assert f'action="{HERE}/parcel"' not in page.text, "nothing is posted meanwhile"


async def test_only_whoever_makes_them_has_them_drawn_again(made: House, browsers: SignedIn) -> None:
    await a_character_is_missing(made)
    for account in (CENTRE.account("centre_clerk"), STATION):
        page = await (await browsers(account)).open(HERE)
        assert "\U00032000" in page.text
        assert "/redraw" not in page.text


async def test_the_part_that_asks_again_stops_when_all_is_drawn(made: House, browsers: SignedIn) -> None:
    poster = await browsers(SMALL.poster)
    await changed(made, Production.KIND, SMALL.id, state="making")
    going = (await poster.open(f"{HERE}/progress")).text
    assert "hx-get" in going
    assert "<html" not in going
    await changed(made, Production.KIND, SMALL.id, state="ready")
    assert "hx-get" not in (await poster.open(f"{HERE}/progress")).text


async def test_a_part_of_a_page_that_is_refused_is_a_part_too(made: House, browsers: SignedIn) -> None:
    poster = await browsers(SMALL.poster)
    poster.client.headers.update({"HX-Request": "true", "HX-Current-URL": f"https://console.example.org{HERE}"})
    poster.client.cookies.clear()
    part = await poster.client.get(f"{HERE}/progress")
    assert part.status_code == 401
    assert "<html" not in part.text
    assert f'href="{HERE}"' in part.text
    assert "hx-get" not in part.text


@pytest.mark.parametrize("account", [CENTRE.account("auditor"), APPROVER, SMALL.station.account("station_head")])
async def test_whoever_only_reads_is_offered_nothing(made: House, browsers: SignedIn, account: str) -> None:
    page = await (await browsers(account)).open(HERE)
    assert page.status_code == 200
    assert 'method="post" action="/productions' not in page.text
    assert "print-files" not in page.text


async def test_the_approver_posts_nothing_whatever_is_typed(made: House, browsers: SignedIn) -> None:
    page = await (await browsers(APPROVER)).send(f"{HERE}/parcel", version='"3"', **PARCEL)
    assert page.status_code == 403


async def test_another_station_finds_nothing(made: House, browsers: SignedIn) -> None:
    browser = await browsers(ELSEWHERE)
    for path in (HERE, f"{HERE}/progress", f"{HERE}/certificates"):
        assert (await browser.open(path)).status_code == 404
    assert SMALL.id not in (await browser.open("/productions")).text


async def test_holders_whom_no_letter_reaches_are_listed(made: House, browsers: SignedIn) -> None:
    clerk = await browsers(STATION)
    everybody = (await clerk.open(f"{HERE}/certificates")).text
    without = (await clerk.open(f"{HERE}/certificates?without_email=yes")).text
    assert everybody.count('<td class="n">') == SMALL.size
    assert without.count('<td class="n">') == SMALL.size - SMALL.emails
    assert "@" not in without


async def test_the_list_as_a_workbook(made: House, browsers: SignedIn) -> None:
    clerk = await browsers(STATION)
    answer = await clerk.client.get("/productions.xlsx?state=ready")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet["A"]] == ["名册编号", SMALL.id]
    assert sheet["F2"].value == "待寄发"


async def test_in_english_there_is_no_chinese_state(made: House, browsers: SignedIn) -> None:
    clerk = await browsers(STATION)
    await clerk.send("/look", language="en", next=HERE)
    page = await clerk.open(HERE)
    assert "ready to be posted" in page.text
    assert "待寄发" not in page.text
