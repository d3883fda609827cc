"""What is wrong, beside the field that it is about: of a number the service says at which digits, and of name and last four, of
which one is needed, that neither is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from services.console.language import BETWEEN, LANGUAGES, half
from services.console.look_up.explained import Explained
from services.console.refusal import Fault, Refusal

WHOLE_FORM: Final = "/"
SEE_GROUPS: Final = "请看上面标出的各组数字 · see the groups of digits that are marked above"
COLON: Final = {"zh": "：", "en": ": "}


def beside_fields(refusal: Refusal, groups: Sequence[Explained]) -> Refusal:
    """groups: those of the number as the page shows them, with what is wrong in each."""
    shown = [fault for group in groups for fault in group.faults]
    faults = tuple(_placed([fault for fault in refusal.faults if fault not in shown]))
    if shown:
        faults = (Fault("/number", SEE_GROUPS), *faults)
    return Refusal(refusal.status, str(refusal), faults, **refusal.more)


def _placed(faults: Sequence[Fault]) -> Iterator[Fault]:
    for fault in faults:
        if fault.where == WHOLE_FORM:
            yield from (replace(fault, where=where) for where in ("/name", "/id_last"))
        elif fault.where.startswith("/"):
            yield fault
        else:
            halves = (f"{half(fault.where, one)}{COLON[one]}{half(fault.what, one)}" for one in LANGUAGES)
            yield replace(fault, where="/number", what=BETWEEN.join(halves))
