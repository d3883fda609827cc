"""Bodies: the Centre, its branch centres, and stations under a branch or directly under the Centre (R5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from shared.actor import Actor, Role
from shared.aggregate import Aggregate
from shared.contracts.directory import BodyKind, BodyRegistered
from shared.errors import Invalid, Problem

REGISTERED = "registered"

# Digit 5 of an institution code says what kind of institution it is (rules §1.1): 0 a guidance centre, which both the
# Centre and its branch centres are, 3 a station for industry-specific trades.
_TYPE_OF = {"centre": "0", "branch": "0", "station": "3"}
_PARENTS: dict[str, tuple[str, ...]] = {"centre": (), "branch": ("centre",), "station": ("branch", "centre")}


class Body(Aggregate):
    KIND: ClassVar[str] = "body"
    SOURCE: ClassVar[str] = "/directory"

    kind: BodyKind
    path: str
    name_zh: str
    name_en: str
    produces: bool
    email: str
    address: str = ""

    @classmethod
    def register(
        cls,
        by: Actor,
        at: datetime,
        *,
        industry: str,
        code: str,
        kind: BodyKind,
        parent: Body | None,
        name_zh: str,
        name_en: str,
        produces: bool,
        email: str,
        address: str = "",
    ) -> Self:
        """Raises Invalid with every contradiction between code, kind and parent; NotAllowed."""
        by.must_be(Role.OPERATOR, Role.CENTRE_CLERK)
        problems = list(_contradictions(industry, code, kind, parent))
        if problems:
            raise Invalid("机构登记信息有误 · the body cannot be registered like this", problems)
        path = f"{parent.path if parent else '/'}{code}/"
        body = cls(
            id=code,
            state="",
            kind=kind,
            path=path,
            name_zh=name_zh,
            name_en=name_en,
            produces=produces or kind == "centre",
            email=email,
            address=address,
        )
        body.move("register", REGISTERED, by, at)
        body._tell(at)
        return body

    def change(
        self, by: Actor, at: datetime, *, name_zh: str, name_en: str, produces: bool, email: str, address: str
    ) -> None:
        """Change what may change; code, kind and parent never do."""
        by.must_be(Role.OPERATOR, Role.CENTRE_CLERK)
        self.name_zh, self.name_en, self.email, self.address = name_zh, name_en, email, address
        self.produces = produces or self.kind == "centre"
        self.move("change", REGISTERED, by, at)
        self._tell(at)

    def order_rectification(self, by: Actor, at: datetime, reason: str, until: date) -> None:
        self.only_when("order_rectification", REGISTERED)
        self.move("order_rectification", "rectifying", by, at, reason)

    def clear_rectification(self, by: Actor, at: datetime, reason: str = "") -> None:
        self.only_when("clear_rectification", "rectifying")
        self.move("clear_rectification", REGISTERED, by, at, reason)

    def suspend(self, by: Actor, at: datetime, reason: str, until: date | None = None) -> None:
        self.only_when("suspend", REGISTERED, "rectifying")
        self.move("suspend", "suspended", by, at, reason)

    def reinstate(self, by: Actor, at: datetime, reason: str) -> None:
        self.only_when("reinstate", "suspended")
        self.move("reinstate", REGISTERED, by, at, reason)

    def revoke(self, by: Actor, at: datetime, reason: str) -> None:
        self.only_when("revoke", REGISTERED, "rectifying", "suspended")
        self.move("revoke", "revoked", by, at, reason)

    def _tell(self, at: datetime) -> None:
        fact = BodyRegistered(
            body=self.id,
            kind=self.kind,
            path=self.path,
            name_zh=self.name_zh,
            name_en=self.name_en,
            produces=self.produces,
            email=self.email,
        )
        self.note(fact, at)


def _contradictions(industry: str, code: str, kind: BodyKind, parent: Body | None) -> list[Problem]:
    found: list[Problem] = []
    if not code.startswith(industry):
        found.append(
            Problem("/code", f"第1-2位不是本行业代码 {industry} · digits 1-2 are not the industry code {industry}")
        )
    if code[4] != _TYPE_OF[kind]:
        wanted = _TYPE_OF[kind]
        found.append(
            Problem("/code", f"第5位应为 {wanted} · digit 5 of a {kind} must be {wanted}", "rules: type digit")
        )
    allowed = _PARENTS[kind]
    if parent is None and allowed:
        found.append(Problem("/parent", f"须写明上级机构 · a {kind} needs a parent ({' or '.join(allowed)})"))
    if parent is not None and parent.kind not in allowed:
        found.append(Problem("/parent", f"上级机构类别不符 · a {kind} cannot stand under a {parent.kind}"))
    if parent is not None and parent.kind == "branch" and code[2:4] != parent.id[2:4]:
        found.append(
            Problem(
                "/code",
                f"第3-4位应与分中心一致 · digits 3-4 must be the branch's, {parent.id[2:4]}",
                f"{industry}{parent.id[2:4]}…",
            )
        )
    if parent is not None and parent.kind == "centre" and kind == "station" and code[2:4] != "00":
        found.append(Problem("/code", "直属鉴定站第3-4位应为 00 · digits 3-4 of a station without branch are 00"))
    return found
