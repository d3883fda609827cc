"""Who acts: taken from a verified token, checked by the verbs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.ages import is_younger
from shared.errors import NotAllowed, NotTrained, SignInAgain
from shared.trade.body_words import office
from shared.trade.roles import MACHINES, NAMES, Role
from shared.words import Words

FRESH = timedelta(minutes=5)
"""How long after somebody proved who they are they may do what needs a fresh sign-in (docs/decisions/0057)."""
CLOCKS_DIFFER = timedelta(seconds=30)
"""By as much at most do the clocks of two machines: more than time servers ever leave between them."""
LONG_AGO = datetime.fromtimestamp(0, UTC)
"""When somebody proved who they are, where nobody knows."""


@dataclass(frozen=True, slots=True)
class Actor:
    """path: of the actor's body; it reaches this body and everything below. Services and operators have `/`.

    trained: a training record is valid today (R2). practising: works in the practice tree (shared.trade.practice) only.
    sign_in: which sign-in the token belongs to; empty for machines. proved_at: when they last proved who they are."""

    id: str
    name: str
    body: str
    path: str
    roles: frozenset[Role]
    trained: bool = True
    practising: bool = False
    sign_in: str = ""
    proved_at: datetime = LONG_AGO

    def must_be(self, *roles: Role) -> None:
        if not self.roles.intersection(roles):
            people = [role for role in roles if role != Role.SERVICE] or roles  # nobody can ask one of our services
            who, wanted = "、".join(NAMES[role][0] for role in people), ", ".join(NAMES[role][1] for role in people)
            raise NotAllowed(
                f"账号的角色不能办理此项，应由{who}办理 · the roles of this account do not allow it; who may: {wanted}"
            )

    def must_be_trained(self) -> None:
        """The training gate (R2). Raises NotTrained."""
        if not self.trained:
            raise NotTrained(
                "尚无有效的考务管理培训记录，只能查阅或在培训模式中练习；培训后由中心登记 · "
                "no valid training record: you may read, and practise in training mode, until the Centre records a training"
            )

    def must_be_fresh(self, now: datetime) -> None:
        """They proved who they are within the last minutes. Machines prove it with a secret that nobody types, and pass.
        Raises SignInAgain."""
        if self.roles <= MACHINES or is_younger(self.proved_at - CLOCKS_DIFFER, FRESH + CLOCKS_DIFFER, now):
            return
        raise SignInAgain(
            "须重新验证身份：此项只能在登录后五分钟内办理，请再次登录后继续 · this needs a fresh sign-in, of the last five "
            "minutes: sign in again, then go on"
        )

    def must_sit_at(self, body: str) -> None:
        if self.body != body:
            zh, en = office(body)
            raise NotAllowed(f"此项应由{zh} 办理 · this is for {en} to do")

    def must_reach(self, path: str, words: Words, id: str) -> None:
        """What lies outside one's path looks as if it were not there. Raises NotFound."""
        if not path.startswith(self.path):
            raise words.not_found(id)

    def must_not_be(self, others: Iterable[str], why: str) -> None:
        """The four-eyes rule (rules §8). why: in both languages."""
        if self.id in set(others):
            zh, _, en = why.partition(" · ")
            raise NotAllowed(f"须由他人办理：{zh} · four eyes: {en}")
