"""What a noun of the trade, its states and its verbs are called: the catalogue from which every sentence about them is made.

Each noun declares its own words beside itself; `services/*/declares.py` hands them to the register, where letters and
pages find them by the noun's name (docs/decisions/0042)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import NotFound, Stale, WrongState

Pair = tuple[str, str]
"""Chinese, English."""

UNKNOWN_STATE: Pair = ("另一状态", "in another state")
UNKNOWN_VERB: Pair = ("办理此项", "changed like this")
"""Of a document that a newer release wrote: what it says must still be a sentence."""


@dataclass(frozen=True, slots=True)
class Words:
    """kind: of the documents. noun: what one of them is called.

    states: state → its name, which also stands alone, and in English what follows `is`. verbs: verb → what is done, and
    in English its participle, which follows `cannot be`."""

    kind: str
    noun: Pair
    states: Mapping[str, Pair]
    verbs: Mapping[str, Pair]

    def called(self, id: str) -> Pair:
        """With its number."""
        return f"{self.noun[0]} {id}", f"{self.noun[1]} {id}"

    def state(self, state: str) -> Pair:
        return self.states.get(state, UNKNOWN_STATE)

    def verb(self, verb: str) -> Pair:
        return self.verbs.get(verb, UNKNOWN_VERB)

    def not_found(self, id: str) -> NotFound:
        zh, en = self.called(id)
        return NotFound(f"查无{zh}，请核对编号和所属机构 · there is no {en}: check its number, and whose it is")

    def stale(self, id: str) -> Stale:
        zh, en = self.called(id)
        return Stale(zh, en)

    def wrong_state(self, id: str, state: str, verb: str, next: str = "", found: Pair | None = None) -> WrongState:
        """next: what there is to do instead, in both languages. found: how it stands, where its state alone does not say
        why the verb is refused; in quotation marks where it is a name."""
        zh, en = self.called(id)
        stands = found or (f"现为“{self.state(state)[0]}”", f"is {self.state(state)[1]}")
        doing = self.verb(verb)
        todo = next.partition(" · ") if next else ("", "", "")
        return WrongState(
            f"{zh} {stands[0]}，不能{doing[0]}{'：' if next else ''}{todo[0]} · "
            f"{en} {stands[1]} and cannot be {doing[1]}{': ' if next else ''}{todo[2]}",
            state,
        )
