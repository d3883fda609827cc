"""What reporting answers its neighbours: the same JSON, byte by byte, as the contracts over which the seals are computed."""

from __future__ import annotations

from datetime import date

import pytest

from services.reporting.rosters.answers import (
    PageSealAnswer,
    RosterLineAnswer,
    RosterPageAnswer,
    SealedRosterAnswer,
)
from shared.contracts.reporting import PageSeal, RosterLine, RosterPage, SealedRoster, seal_lines
from shared.keeping.answers import Answer

LINE = RosterLine(
    n=1,
    ticket="0001",
    name="王芳",
    sex="女",
    birth=date(1990, 2, 28),
    id_type="身份证",
    id_number="99999919900228002X",
    education="大专",
    employer="示例厂",
    occupation="6-04-01-01",
    occupation_zh="车工",
    occupation_en="turner",
    level=4,
    theory=80.0,
    practical=71.25,
    grade="pass",
)
TECHNICIAN = LINE.model_copy(update={"n": 2, "level": 2, "review": 90.5, "remark": "补考", "email": "a@example.org"})
PAGE = RosterPage(roster="49053012-2026-001", page=0, lines=[LINE, TECHNICIAN])
SEALED = SealedRoster(
    roster="49053012-2026-001",
    session="49053012-2026-001",
    body="49053012",
    held_on=date(2026, 3, 20),
    approved_on=date(2026, 4, 3),
    pages=[PageSeal(seal=seal_lines(PAGE.lines), lines={4: 1, 2: 1})],
    path="/49000001/49050001/49053012/",
    producer="49000001",
)


@pytest.mark.parametrize(
    ("contract", "answer"),
    [
        (RosterLine, RosterLineAnswer),
        (RosterPage, RosterPageAnswer),
        (PageSeal, PageSealAnswer),
        (SealedRoster, SealedRosterAnswer),
    ],
)
def test_an_answer_between_services_has_the_fields_of_its_contract(contract: type, answer: type) -> None:
    assert list(answer.model_fields) == list(contract.model_fields)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("contract", "answer"), [(PAGE, RosterPageAnswer), (SEALED, SealedRosterAnswer)])
def test_an_answer_between_services_is_the_json_of_its_contract(
    contract: RosterPage | SealedRoster, answer: type[Answer]
) -> None:
    assert answer.of(contract).model_dump_json() == contract.model_dump_json()


def test_whoever_reads_a_page_computes_its_seal() -> None:
    read = RosterPage.model_validate_json(RosterPageAnswer.of(PAGE).model_dump_json())
    assert seal_lines(read.lines) == SEALED.pages[0].seal
