"""The quality bulletin of a quarter (R0, rules §4.6): compiled by the Centre's clerk, published by its approver.

What the approver publishes is what the clerk compiled, to the last figure: publishing computes nothing. From then on the
rows are frozen under a seal, with the moment of the data cut.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from services.supervision.figures.figures import Row
from services.supervision.figures.quarter import Quarter
from shared.actor import Actor
from shared.contracts.supervision import BulletinPublished
from shared.errors import Invalid, Unavailable
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import local_day
from shared.trade.roles import Role

DRAFT, PUBLISHED = "draft", "published"
STATES = (DRAFT, PUBLISHED)


class Bulletin(Aggregate):
    KIND: ClassVar[str] = "bulletin"
    SOURCE: ClassVar[str] = "/supervision"

    state: str = DRAFT
    body: str  # the Centre
    path: str
    quarter: str
    summary: str  # how policy and regulations were carried out, in the Centre's words
    rows: list[Row]
    cut_at: datetime
    compiled_by: str
    published_at: datetime | None = None
    seal: str = ""

    def compile(self, by: Actor, at: datetime, summary: str, rows: Sequence[Row], cut_at: datetime) -> None:
        """汇总, as often as need be until it is published. cut_at: what was here at that moment is counted."""
        self.only_when("compile", DRAFT)
        by.must_be(Role.CENTRE_CLERK)
        by.must_sit_at(self.body)
        self.summary, self.cut_at, self.compiled_by = summary, cut_at, by.id
        # Every field counts as set from now on, so that the seal can leave out what a later release adds.
        self.rows = [Row.model_validate(row.model_dump(mode="json")) for row in rows]
        self.move("compile", self.state, by, at)

    def publish(self, by: Actor, at: datetime) -> None:
        """发布: four eyes."""
        self.only_when("publish", DRAFT)
        by.must_be(Role.CENTRE_APPROVER)
        by.must_sit_at(self.body)
        by.must_not_be({self.compiled_by, *self.whoever("compile")}, "who compiled the bulletin may not publish it")
        last = Quarter.named(self.quarter).last
        if local_day(self.cut_at) <= last:
            raise Invalid(
                f"{self.quarter} 于 {last} 结束，须在其后重新汇总 · was compiled before the quarter ended: compile it again"
            )
        self.published_at = at
        self.seal = self.sealed()  # over the day of publishing too
        self.move("publish", PUBLISHED, by, at)
        fact = BulletinPublished(
            bulletin=self.id,
            body=self.body,
            path=self.path,
            quarter=self.quarter,
            cut_at=self.cut_at,
            seal=self.seal,
        )
        self.note(fact, at)

    def sealed(self) -> str:
        """Hash of all that the bulletin says: quarter, data cut, summary, day of publishing and rows."""
        sealed = {"quarter", "cut_at", "summary", "rows", "published_at"}
        content = self.model_dump(mode="json", include=sealed, exclude_unset=True)
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"

    def must_be_intact(self) -> None:
        """Raises Unavailable when a published bulletin was changed by hand: nobody may take it for what was published."""
        if self.state == PUBLISHED and self.sealed() != self.seal:
            raise Unavailable(f"通报 {self.id} 与封存摘要不符 · the bulletin does not match its seal")
