"""Answers that hold what is nobody else's: no cache keeps them, no other site learns their address, and nothing that
somebody wrote is taken for markup."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from services.certificate.certificates.certificate import Certificate
from shared.ports import Record
from tests.e2e.verification.test_wrong_guesses import Counter, a_counter
from tests.world.books import everything
from tests.world.doors import machine_token, refresh, sign_in, token
from tests.world.fixtures import OpenHouse
from tests.world.house import PASSWORD, House
from tests.world.seeding import APPROVER, BODIES, CLERK, SMALL, STATIONS, a_line, body_entry, lines_of, workbook

MARKUP = "<script>alert(document.title)</script>"
NAME = "张<script>三</script>"


@pytest.fixture
async def counter(house: House) -> Counter:
    return await a_counter(house)


async def test_the_page_of_a_qr_code_is_kept_by_nobody_and_tells_nobody_its_address(counter: Counter) -> None:
    forged = f"{counter.page[:-1]}{'A' if counter.page[-1] != 'A' else 'B'}"
    for page in (counter.page, forged):
        answer = await counter.scan(page=page)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "same-origin")
        assert 'name="robots" content="noindex"' in answer.text


async def test_what_is_found_is_kept_by_nobody(counter: Counter) -> None:
    for proof in (counter.name, {"name": "别人"}):
        answer = await counter.ask(**proof)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("path", ["/directory/password", "/directory/forgotten", "/directory/reset?token=x"])
async def test_pages_about_passwords(house: House, path: str) -> None:
    form = {"account": CLERK, "old": "x", "password": "y", "again": "z", "token": "x"}
    for answer in (await house.client.get(path), await house.client.post(path.partition("?")[0], data=form)):
        assert answer.headers["Content-Type"].startswith("text/html")
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "same-origin")


async def _password(house: House) -> httpx.Response:
    return await sign_in(house, CLERK)


async def _refresh(house: House) -> httpx.Response:
    return await refresh(house, (await token(house, CLERK))["refresh_token"])


async def _machine(house: House) -> httpx.Response:
    return await machine_token(house, "plan", PASSWORD)


@pytest.mark.parametrize("get", [_password, _refresh, _machine])
async def test_tokens_are_kept_by_nobody(house: House, get: Callable[[House], Awaitable[httpx.Response]]) -> None:
    answer = await get(house)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


async def test_nothing_that_was_written_in_a_roster_or_a_register_is_markup_on_a_page(open_house: OpenHouse) -> None:
    """A name comes from a workbook, that of a body from whoever keeps the register."""
    house = open_house()
    clerk = house.person(CLERK)
    station = next(body for body in BODIES if body.code == STATIONS[0].code)
    entry = {name: value for name, value in body_entry(station).items() if name not in ("code", "kind", "parent")}
    path = f"/directory/bodies/{station.code}"
    seen = (await clerk.ask("GET", path)).headers["ETag"]
    changed = await clerk.ask("PUT", path, seen, json=entry | {"name_en": f"A & B {MARKUP}"})
    assert changed.status_code == 200, changed.text
    await house.run_until_quiet()
    await _no_roster_takes_it(house)
    counter = await a_counter(house)
    await _as_an_earlier_release_took_it(house, counter.number)
    page = (await counter.scan()).text + (await counter.scan(page=f"{counter.page}?language=en")).text
    answer = (await counter.ask(name=NAME)).json()
    assert (answer["outcome"], answer["name"]) == ("valid", NAME)
    assert "<script" not in page
    assert "张&lt;script&gt;三&lt;/script&gt;" in page
    assert "A &amp; B &lt;script&gt;alert" in page


async def _no_roster_takes_it(house: House) -> None:
    """The roster goes back, and cannot come again with that name."""
    lines = lines_of(SMALL)
    lines[0] = a_line(1, session=SMALL.id, name=NAME, email=lines[0].email)
    branch = SMALL.branch
    assert branch is not None
    officer = house.person(branch.account("branch_officer"))
    for person in (house.person(APPROVER), officer):
        await person.step(SMALL.path, "return", json={"reason": "请核对"})
    clerk = house.person(SMALL.station.account("station_clerk"))
    for names, status in ((lines, 422), (lines_of(SMALL), 200)):
        seen = (await clerk.ask("GET", SMALL.path)).headers["ETag"]
        imported = await clerk.ask("PUT", f"{SMALL.path}/workbook", seen, content=workbook(SMALL, names))
        assert imported.status_code == status, imported.text
    await house.person(SMALL.station.account("station_head")).step(SMALL.path, "submission")
    await officer.step(SMALL.path, "endorsement")


async def _as_an_earlier_release_took_it(house: House, number: str) -> None:
    store = house.stores["certificate"]
    (record,) = [one for one in await everything(store, Certificate.KIND) if one.body["number"] == number]
    body = {**record.body, "holder": {**record.body["holder"], "name": NAME}}
    await store.put(Certificate.KIND, Record(record.id, body, record.version, record.facts))
