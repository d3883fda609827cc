"""A roster opened in the very moment in which its session is moved or voided: it goes no further where it was opened."""

from __future__ import annotations

from typing import Any

import pytest

from shared.keeping import creation
from tests.e2e.supervision.test_revocation import furnished_folder, house  # noqa: F401 - fixtures
from tests.world import winding
from tests.world.house import House
from tests.world.seeding import APPROVER, workbook
from tests.world.winding import FINISHED, SECOND, STAYS, TARGET, confirm, propose

ATTENDANCE = dict.fromkeys(("applied", "accepted", "examined"), FINISHED.size)
OPENED = {"session": FINISHED.id, "attendance": ATTENDANCE}


async def _submitted(house: House, clerk: str, head: str) -> tuple[int, str]:  # noqa: F811
    seen = await house.person(clerk).ask("GET", FINISHED.path)
    filled = await house.person(clerk).ask(
        "PUT", f"{FINISHED.path}/workbook", seen.headers["ETag"], content=workbook(FINISHED)
    )
    seen = await house.person(head).ask("GET", FINISHED.path)
    answer = await house.person(head).ask("POST", f"{FINISHED.path}/submission", seen.headers["ETag"])
    return filled.status_code, f"{answer.status_code} {answer.json()['detail']}"


async def test_of_a_moved_session_the_roster_follows_when_the_new_body_opens_it(house: House) -> None:  # noqa: F811
    choice = {"service": "plan", "kind": "session", "id": FINISHED.id, "choice": "move", "target": TARGET.code}
    others = [one for one in winding.CHOICES if one["id"] != FINISHED.id]
    proposed = await propose(house, wind_up=[*others, choice])
    await confirm(house, proposed["id"], APPROVER, SECOND)
    await house.person(STAYS).create("/reporting/rosters", OPENED, "late")  # nothing has travelled yet
    await house.run_until_quiet()
    assert (await house.person(APPROVER).get(f"/plan/session-plans/{FINISHED.id}"))["body"] == TARGET.code
    imported, submitted = await _submitted(house, STAYS, STAYS)
    assert (imported, submitted[:3]) == (200, "409"), submitted
    assert f"已移交鉴定站 {TARGET.code}" in submitted
    taken = await house.person(TARGET.account("station_clerk")).create("/reporting/rosters", OPENED, "taken over")
    assert (taken["body"], taken["state"]) == (TARGET.code, "draft")
    again = await house.person(TARGET.account("station_clerk")).create("/reporting/rosters", OPENED, "taken over")
    assert again["body"] == TARGET.code


async def test_of_a_voided_session_it_is_never_submitted(
    house: House,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clerk's request was checked before the note of the voiding arrived, and written after."""
    choices = [one if one["id"] != FINISHED.id else {**one, "choice": "void"} for one in winding.CHOICES]
    proposed = await propose(house, wind_up=choices)
    await confirm(house, proposed["id"], APPROVER, SECOND)
    create, waited = creation.create, []

    async def overtaken(*arguments: Any) -> Any:
        if not waited:
            waited.append(True)
            await house.run_until_quiet()
        return await create(*arguments)

    monkeypatch.setattr(creation, "create", overtaken)
    await house.person(STAYS).create("/reporting/rosters", OPENED, "late")
    imported, submitted = await _submitted(house, STAYS, STAYS)
    assert (imported, submitted[:3]) == (200, "409"), submitted
    assert "已作废" in submitted
