"""The forms that go up from desk to desk, as far as an approval shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from shared.words import Pair


@dataclass(frozen=True, slots=True)
class Form:
    """interface: where it is asked for. page: where its own page stands, if the menu has one. looks_up_needs: whether its
    list says only when it is asked what needs the Centre's reason."""

    kind: str
    name: Pair
    interface: str
    page: str
    looks_up_needs: bool = False

    def address(self, id: str) -> str:
        return f"{self.interface}/{quote(id, safe='')}"


FORMS: Final = (
    Form("annual_plan", ("年度计划", "Annual plan"), "/plan/annual-plans", "/annual-plans"),
    Form("session_plan", ("鉴定计划", "Session plan"), "/plan/session-plans", "/session-plans", looks_up_needs=True),
    Form("roster", ("合格人员名册", "Roster"), "/reporting/rosters", "/rosters"),
    Form("work_report", ("工作报告", "Work report"), "/supervision/work-reports", "/work-reports"),
)
BY_KIND: Final = {form.kind: form for form in FORMS}
