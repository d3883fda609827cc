"""What the Centre lets through: a reason for each thing that needs one, for nothing else, and on record for good."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from services.plan.annual_plans.annual_plan import AnnualPlan
from shared.actor import Actor
from shared.contracts.plan import PlannedItem
from shared.errors import Invalid
from shared.ports.exchanges import AUDIT
from shared.procedure.approval import APPROVED, SUBMITTED
from shared.procedure.exceptions import LONGEST_ENTRY, Granted, Needed, entry_of, granted
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 9, tzinfo=UTC)
CENTRE, STATION = "49000001", "49003007"
APPROVER = Actor("approver", "何批准", CENTRE, "/", frozenset({Role.CENTRE_APPROVER}))
HEAD = Actor("head", "郑洁", STATION, "/", frozenset({Role.STATION_HEAD}))
SOON, OFTEN = Needed("lead_time", "只有 3 天"), Needed("certified_before/17", "已有证书")
WHY = {"lead_time": " 设备检修 ", "certified_before/17": "证书遗失"}


def submitted() -> AnnualPlan:
    item = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=9)
    plan = AnnualPlan(id="p", body=STATION, path=f"/{CENTRE}/{STATION}/", prepared_by="clerk", year=2026, items=[item])
    plan.submit(HEAD, NOW)
    plan.stored_as(1)
    return plan


def test_each_is_kept_with_who_made_it_when_and_why() -> None:
    plan = submitted()
    plan.approve(APPROVER, NOW, [SOON, OFTEN], WHY)
    assert plan.exceptions == [
        Granted(rule="lead_time", what="只有 3 天", reason="设备检修", by="approver", name="何批准", at=NOW),
        Granted(rule="certified_before/17", what="已有证书", reason="证书遗失", by="approver", name="何批准", at=NOW),
    ]


def test_the_audit_chain_has_them_too() -> None:
    plan = submitted()
    plan.approve(APPROVER, NOW, [SOON], {"lead_time": "设备检修"})
    (act,) = [json.loads(row.wire) for row in plan.outgoing if row.exchange == AUDIT]
    assert (act["verb"], act["reason"]) == ("approve", "lead_time: 设备检修")
    assert plan.history[-1].reason == "lead_time: 设备检修"


@pytest.mark.parametrize(
    ("reasons", "wrong"),
    [
        ({}, ["/exceptions/lead_time", "/exceptions/certified_before~117"]),
        ({"lead_time": "设备检修"}, ["/exceptions/certified_before~117"]),
        ({**WHY, "lead_time": " \u3000"}, ["/exceptions/lead_time"]),
        ({**WHY, "paper_sets": "x", "a~b": "y"}, ["/exceptions/a~0b", "/exceptions/paper_sets"]),
        (
            {"certified_before/18": "x"},
            [
                *(f"/exceptions/{one}" for one in ("lead_time", "certified_before~117")),
                "/exceptions/certified_before~118",
            ],
        ),
    ],
    ids=["none", "one is missing", "an empty one", "what nothing needs", "of another line"],
)
def test_a_reason_for_each_and_for_nothing_else(reasons: dict[str, str], wrong: list[str]) -> None:
    plan = submitted()
    before = plan.model_dump()
    with pytest.raises(Invalid) as caught:
        plan.approve(APPROVER, NOW, [SOON, OFTEN], reasons)
    assert [problem.where for problem in caught.value.problems] == wrong
    assert (plan.model_dump(), plan.state, plan.outbox) == (before, SUBMITTED, ()), "and nothing is approved"


def test_who_is_not_asked_gives_none() -> None:
    plan = submitted()
    plan.approve(APPROVER, NOW)
    assert (plan.state, plan.exceptions, plan.history[-1].reason) == (APPROVED, [], "")


def test_what_lacks_its_reason_is_told_how_to_give_it() -> None:
    with pytest.raises(Invalid) as caught:
        granted([OFTEN], {}, APPROVER, NOW)
    (problem,) = caught.value.problems
    assert problem.what == "已有证书"
    assert "在 `exceptions` 中写 `certified_before/17`" in problem.fix


def test_a_thousand_of_them_make_no_entry_that_is_too_long() -> None:
    many = granted(
        [Needed(f"certified_before/{n}", "已有证书") for n in range(1000)],
        {f"certified_before/{n}": "证书遗失" * 20 for n in range(1000)},
        APPROVER,
        NOW,
    )
    assert len(many) == 1000
    said = entry_of(many)
    assert len(said) <= LONGEST_ENTRY
    assert said.endswith("… (1000)")
