"""A certificate number in words, group by group, and what is wrong in which group (R3)."""

from __future__ import annotations

import pytest

from services.console.look_up.explained import explained
from services.console.refusal import Fault
from shared.errors import Invalid
from shared.trade.numbers.certificate_number import CertificateNumber

LOCAL = "2644051012900001"


def faults_of(number: str) -> tuple[Fault, ...]:
    with pytest.raises(Invalid) as refused:
        CertificateNumber.parse(number)
    return tuple(Fault(one.where, one.what, one.fix) for one in refused.value.problems)


def test_each_group_says_what_it_means() -> None:
    groups = explained("2649 0530 1240 0037")
    assert "".join(group.digits for group in groups) == "2649053012400037"
    assert [group.says[0] for group in groups] == [
        "2026 年发证",
        "行业代码 49",
        "第 05 二级中心",
        "行业特有工种鉴定站",
        "第 012 号机构",
        "四级/中级工",
        "该机构该等级当年第 37 份",
    ]


def test_what_is_wrong_stands_with_the_digits_that_are() -> None:
    groups = explained(LOCAL, faults_of(LOCAL))
    assert {group.digits for group in groups if group.faults} == {"44", "9"}
    assert "由地方鉴定机构核发" in groups[1].faults[0].what


@pytest.mark.parametrize(
    "written", ["", "123", "26490530124000379", "264905301240003X", "２６４９０５３０１２４０００３٣"]
)
def test_what_is_no_number_has_no_groups(written: str) -> None:
    assert explained(written) == []
