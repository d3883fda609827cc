"""What the play needs before it begins: bodies, accounts, licences, annual plans. What is there already is used as it is, if
it is what the play needs; nothing of it is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.demo.cast import BODIES, CENTRE, ITEMS, OFFICERS, ROLES, STATIONS, Body, licence
from services.demo.clerk import Refusal
from services.demo.office import Differs, Office
from services.demo.patient_clerk import PatientClerk
from shared.trade.deadline import CHINA

EMPTY_HOUSE = "演示请用空系统（make demo 自带一个）· play in an empty system: `make demo` without URL brings its own"
MAY_HOLD = ("licensed", "rectifying")


async def bodies(office: Office) -> None:
    """With an account for each role. Raises Differs."""
    for n, body in enumerate(BODIES):
        office.tell("登记机构与账号 · bodies and accounts", n, len(BODIES))
        entry = {
            "code": body.code,
            "kind": body.kind,
            "parent": body.parent,
            "name_zh": body.name_zh,
            "name_en": body.name_en,
            "produces": body.produces,
            "email": body.email,
        }
        _must_be_ours(body, await office.operator.create("/directory/bodies", entry, f"demo/body/{body.code}/entry"))
        for role in ROLES[body.kind]:
            await _account(office, body, role)
    office.tell("登记机构与账号 · bodies and accounts", len(BODIES), len(BODIES))


def _must_be_ours(body: Body, found: Mapping[str, Any]) -> None:
    """Workbooks carry the name of a station, the tree decides who endorses, the right who produces."""
    wanted = {
        "id": body.code,
        "kind": body.kind,
        "path": f"{_path_above(body)}{body.code}/",
        "name_zh": body.name_zh,
        "produces": body.produces,
    }
    said = [f"{name}: {found[name]}（演示 demo: {value}）" for name, value in wanted.items() if found[name] != value]
    if said:
        raise Differs(
            f"机构 {body.code} 已登记，与演示不同 · is registered otherwise, {'; '.join(said)}. {EMPTY_HOUSE}"
        )


def _path_above(body: Body) -> str:
    above = next((one for one in BODIES if one.code == body.parent), None)
    return "/" if above is None else f"{_path_above(above)}{above.code}/"


async def _account(office: Office, body: Body, role: str) -> None:
    """The operator opens it with an initial password; the person changes that before anything else. Raises Differs."""
    id = body.account(role)
    initial = office.password(f"initial/{id}")
    account = {
        "id": id,
        "name": OFFICERS[role],
        "email": body.email_of(role),
        "body": body.code,
        "roles": [role],
        "password": initial,
    }
    made = await office.operator.create("/directory/accounts", account, f"demo/person/{id}")
    if (made["body"], made["roles"], made["state"]) != (body.code, [role], "active"):
        raise Differs(
            f"账号 {id} 已存在，与演示不同 · is there otherwise: at {made['body']}, {', '.join(made['roles'])}, {made['state']}. "
            f"{EMPTY_HOUSE}"
        )
    try:
        if made["must_change_password"]:  # not in a second run against the same deployment
            await office.clerk(body, role).take_over(initial)
        else:
            await office.clerk(body, role).token()
    except Refusal as refusal:
        if refusal.status not in (401, 403):
            raise
        raise Differs(
            f"账号 {id} 已存在，密码不是演示的 · is there with another password than the demo's, which derives from the "
            f"operator's: that one was changed, or somebody else opened the account. {EMPTY_HOUSE}"
        ) from refusal
    await _train(office.operator, id)


async def _train(operator: PatientClerk, account: str) -> None:
    """Nobody writes without a training (R2): each account gets one of today, in every run."""
    today = _today().isoformat()
    training = {"certificate": f"DEMO-{account}", "passed_on": today}
    await operator.create(f"/directory/accounts/{account}/training", training, f"demo/training/{account}/{today}")


async def licences(office: Office, year: int) -> None:
    """The Centre licenses the stations; planning goes by it as soon as it has arrived there. Raises Differs."""
    approver = office.clerk(CENTRE, "centre_approver")
    for n, station in enumerate(STATIONS):
        office.tell("许可鉴定站 · licensing stations", n, len(STATIONS))
        path = f"/directory/bodies/{station.code}"
        found = await approver.get(path)
        if found["state"] == "applied":
            found = await approver.bring(path, "licence", MAY_HOLD, json=licence(station, year))
        _must_allow(station, found, _today())
    for station in STATIONS:
        await _until_planning_knows(approver, station)
    office.tell("许可鉴定站 · licensing stations", len(STATIONS), len(STATIONS))


def _must_allow(station: Body, found: Mapping[str, Any], today: date) -> None:
    """Everything the play appraises, today. Number, term and further occupations may be others."""
    if found["state"] not in MAY_HOLD:
        raise Differs(
            f"{station.code} 现不能鉴定 · may not appraise, it is {found['state']}: {found['because'] or '—'}. {EMPTY_HOUSE}"
        )
    known = found["licence"]
    allowed = {(one["occupation"], level) for one in known["scope"] for level in one["levels"]}
    lacking = [
        f"{item.occupation_zh} {item.occupation} / {item.level}"
        for item in ITEMS
        if (item.occupation, item.level) not in allowed
    ]
    said = []
    if lacking:
        said.append(f"许可范围缺 · its scope lacks {', '.join(lacking)}")
    if not date.fromisoformat(known["valid_from"]) <= today <= date.fromisoformat(known["valid_until"]):
        said.append(f"今日不在有效期内 · valid from {known['valid_from']} to {known['valid_until']} only")
    if said:
        raise Differs(
            f"{station.code} 的许可证 {known['licence_no']} 与演示不同 · its licence differs: {'; '.join(said)}. "
            f"请由中心审批人换发，或用空系统 · let the Centre's approver renew it (docs/runbook.md), or play in an empty system"
        )


async def _until_planning_knows(clerk: PatientClerk, station: Body) -> None:
    while True:
        if (await clerk.get(f"/plan/licences/{station.code}"))["state"] in MAY_HOLD:
            return
        await asyncio.sleep(0.1)


async def annual_plans(office: Office, year: int) -> None:
    """One that is approved already stays as it is: what goes beyond it, the Centre lets through. Raises Differs."""
    for n, station in enumerate(STATIONS):
        office.tell("年度计划 · annual plans", n, len(STATIONS))
        items = [{"occupation": item.occupation, "level": item.level, "heads": 20_000} for item in ITEMS]
        plan = {"year": year, "items": items}
        made = await office.clerk(station, "station_clerk").create(
            "/plan/annual-plans", plan, f"demo/annual/{station.code}/{year}"
        )
        if made["in_force"] is None:
            await _bring_up(office, station, made)
    office.tell("年度计划 · annual plans", len(STATIONS), len(STATIONS))


async def _bring_up(office: Office, station: Body, plan: Mapping[str, Any]) -> None:
    try:
        await office.up(station, f"/plan/annual-plans/{plan['id']}")
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        raise Differs(
            f"{station.code} 的年度计划 {plan['id']} 已存在，不能接着办理 · is there, {plan['state']}, and cannot be brought on: "
            f"{refusal.problem.get('detail')} 请先由经办机构办完 · finish it first. {EMPTY_HOUSE}"
        ) from refusal


def _today() -> date:
    return datetime.now(CHINA).date()
