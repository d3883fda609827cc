"""The quality bulletin of a quarter (R0, rules §4.6): compiled by the Centre's clerk, published by its approver.

What the approver publishes is what the clerk compiled, to the last figure: publishing computes nothing. From then on the
rows are frozen under a seal, with the moment of the data cut. What turns out to be wrong is said in a correction, a document
of its own; the published one stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import Field, field_serializer

from services.supervision.bulletins.number_series import DocumentNumber
from services.supervision.figures.figures import QuarterRows, Row
from services.supervision.figures.quarter import Quarter
from shared.actor import Actor
from shared.contracts.supervision import BulletinCorrected, BulletinPublished
from shared.errors import Invalid, Problem, Unavailable
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import local_day
from shared.trade.roles import Role
from shared.words import Words

DRAFT, PUBLISHED = "draft", "published"
STATES = (DRAFT, PUBLISHED)

_SEALED: Final = {"quarter", "cut_at", "summary", "rows", "published_at"}
_SEALED_IF_SAID: Final = ("copied_to", "correction", "corrects", "corrects_number", "reason", "document_number")
"""What came with a later release is under the seal where it says something, so that older seals hold."""


class Bulletin(Aggregate):
    """id: the quarter; of a correction, see `ids.bulletin_id`."""

    KIND: ClassVar[str] = "bulletin"
    SOURCE: ClassVar[str] = "/supervision"
    WORDS: ClassVar[Words] = Words(
        "bulletin",
        ("质量通报", "quality bulletin"),
        states={DRAFT: ("送审稿", "a draft"), PUBLISHED: ("已发布", "published")},
        verbs={
            "compile": ("汇总", "compiled"),
            "publish": ("发布", "published"),
            "correct": ("更正", "corrected"),
            "keep": ("存档", "kept as files"),
        },
    )
    NEXT: ClassVar[Mapping[str, str]] = {
        DRAFT: "直接重新汇总即可 · compile it again",
        PUBLISHED: "不再更改；有误的另发更正通报（POST …/corrections） · what is wrong is corrected by "
        "another one (POST …/corrections)",
    }

    state: str = DRAFT
    body: str  # the Centre
    path: str
    quarter: str
    summary: str  # how policy and regulations were carried out, in the Centre's words
    rows: list[Row]
    cut_at: datetime
    compiled_by: str
    copied_to: str = ""  # 抄送: who gets it besides those it is addressed to
    left_out: list[str] = Field(default_factory=list)  # `kind/id` of what could not be read at the data cut
    correction: int = 0  # which correction of its quarter; 0: the first bulletin
    corrects: str = ""  # id of the bulletin that it corrects, which is the one before it
    corrects_number: str = ""  # document number of that one; none where an earlier release published it
    reason: str = ""  # why it was corrected
    document_number: str = ""  # 发文字号; none where an earlier release published it
    serial: int = 0  # the number inside it, of the year of publishing
    published_at: datetime | None = None
    seal: str = ""
    kept: dict[str, str] = Field(default_factory=dict)  # name of a file → hash of its bytes, as they are given out

    def compile(
        self,
        by: Actor,
        at: datetime,
        summary: str,
        found: QuarterRows,
        cut_at: datetime,
        *,
        copied_to: str = "",
        reason: str = "",
    ) -> None:
        """汇总, as often as need be until it is published. cut_at: what was here at that moment is counted. reason: of a
        correction, and of nothing else; the one given before stays where none is given. Raises Invalid without rows."""
        self.only_when("compile", DRAFT)
        by.must_be(Role.CENTRE_CLERK)
        by.must_sit_at(self.body)
        self._take_reason(reason)
        if not found.rows:
            raise Invalid(f"{self.quarter} 内没有已登记的机构 · no body existed in {self.quarter}")
        self.summary, self.copied_to = summary, copied_to
        self.cut_at, self.compiled_by = cut_at, by.id
        # Every field counts as set from now on, so that the seal can leave out what a later release adds.
        self.rows = [Row.model_validate(row.model_dump(mode="json")) for row in found.rows]
        self.left_out = list(found.left_out)
        self.move("compile", self.state, by, at, self.reason)

    def _take_reason(self, reason: str) -> None:
        if reason and not self.corrects:
            raise Invalid(
                "只有更正通报写更正理由 · only a correction has a reason",
                [Problem("/reason", "不是更正通报 · this corrects nothing", "留空 · leave it empty")],
            )
        self.reason = reason or self.reason
        if self.corrects and not self.reason:
            raise Invalid("更正须写明理由 · a correction needs a reason", [Problem("/reason", "不能为空 · is empty")])

    def must_be_publishable(self, by: Actor) -> None:
        """Four eyes, a quarter that was over at the data cut, nothing missing. Raises WrongState, NotAllowed, Invalid."""
        self.only_when("publish", DRAFT)
        by.must_be(Role.CENTRE_APPROVER)
        by.must_sit_at(self.body)
        by.must_not_be(
            {self.compiled_by, *self.whoever("compile")},
            "汇总通报的人不得发布 · who compiled the bulletin may not publish it",
        )
        last = Quarter.named(self.quarter).last
        if local_day(self.cut_at) <= last:
            raise Invalid(
                f"{self.quarter} 于 {last} 结束，须在其后重新汇总 · was compiled before the quarter ended: compile it again"
            )
        if self.left_out:
            fix = "请运维修复后重新汇总 · have it mended, then compile again"
            raise Invalid(
                f"有 {len(self.left_out)} 份记录无法读取，不能发布 · {len(self.left_out)} documents could not be read and are "
                f"not in the figures: {fix}",
                [Problem(name, "无法读取，未计入 · cannot be read, is not counted", fix) for name in self.left_out],
            )

    def publish(self, by: Actor, at: datetime, number: DocumentNumber) -> None:
        """发布. number: the next of the year in which it is published."""
        self.must_be_publishable(by)
        self.published_at, self.document_number, self.serial = at, number.text, number.serial
        self.seal = self.sealed()  # over the day of publishing and the number too
        self.move("publish", PUBLISHED, by, at)
        if self.corrects:
            self.note(
                BulletinCorrected(
                    bulletin=self.id,
                    corrects=self.corrects,
                    correction=self.correction,
                    body=self.body,
                    path=self.path,
                    quarter=self.quarter,
                    document_number=self.document_number,
                    cut_at=self.cut_at,
                    seal=self.seal,
                    reason=self.reason,
                ),
                at,
            )
            return
        fact = BulletinPublished(
            bulletin=self.id,
            body=self.body,
            path=self.path,
            quarter=self.quarter,
            cut_at=self.cut_at,
            seal=self.seal,
            document_number=self.document_number,
        )
        self.note(fact, at)

    def keep(self, files: Mapping[str, str]) -> bool:
        """The files as they are given out from now on. False: others are kept already, and stay."""
        self.only_when("keep", PUBLISHED)
        if self.kept:
            return False
        self.kept = dict(files)
        return True

    def sealed(self) -> str:
        """Hash of all that the bulletin says: quarter, data cut, summary, day of publishing and rows; number, whom it is
        copied to, and what it corrects and why."""
        content = self.model_dump(mode="json", include=_SEALED, exclude_unset=True)
        content |= {name: value for name in _SEALED_IF_SAID if (value := getattr(self, name))}
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"

    def must_be_intact(self) -> None:
        """Raises Unavailable when a published bulletin was changed by hand: nobody may take it for what was published."""
        if self.state == PUBLISHED and self.sealed() != self.seal:
            raise Unavailable(f"通报 {self.id} 与封存摘要不符 · the bulletin does not match its seal")

    @field_serializer("rows")
    def _as_compiled(self, rows: list[Row]) -> list[dict[str, Any]]:
        """Without what later releases count: it is not under the seal, and stored with the rest it would break it."""
        return [row.model_dump(mode="json", exclude_unset=True) for row in rows]
