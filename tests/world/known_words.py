"""Whatever any test of the suite does to a document is looked at besides: the verb, and the state it comes to, have words
(docs/decisions/0042)."""

from __future__ import annotations

import functools
from typing import Any

from shared.keeping.aggregate import Aggregate


def pytest_configure() -> None:
    move, only_when = Aggregate.move, Aggregate.only_when

    @functools.wraps(move)
    def known_move(self: Aggregate, verb: str, to: str, *rest: Any, **more: Any) -> None:
        if type(self).__module__.startswith(("services.", "shared.")):
            assert verb in self.WORDS.verbs, f"{self.KIND}: {verb} has no words"
            assert to in self.WORDS.states, f"{self.KIND}: {to} has no words"
        move(self, verb, to, *rest, **more)

    @functools.wraps(only_when)
    def known_guard(self: Aggregate, verb: str, *states: str) -> None:
        if type(self).__module__.startswith(("services.", "shared.")):
            assert verb in self.WORDS.verbs, f"{self.KIND}: {verb} has no words"
            assert set(states) <= set(self.WORDS.states), f"{self.KIND}: {states} have no words"
        only_when(self, verb, *states)

    Aggregate.move = known_move  # type: ignore[method-assign]
    Aggregate.only_when = known_guard  # type: ignore[method-assign]
