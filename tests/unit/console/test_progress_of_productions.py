"""How far a production is, and whether the page goes on asking."""

from __future__ import annotations

from typing import Any

import pytest

from services.console.productions.progress import progress_of


def a_production(state: str, **more: Any) -> dict[str, Any]:
    return {"state": state, "certificates": 300, "refused": 0, "received": None, **more}


def a_batch(state: str, certificates: int, drawn: int, refused: int = 0, files: int = 0) -> dict[str, Any]:
    return {
        "state": state,
        "certificates": certificates,
        "drawn": drawn,
        "refused": [{}] * refused,
        "print_files": ["x"] * files,
    }


def test_it_counts_certificates() -> None:
    batches = [a_batch("produced", 200, 199, 1, 1), a_batch("numbered", 50, 0)]
    found = progress_of(a_production("making"), batches)
    assert (found.numbered, found.drawn, found.left_out, found.print_files) == (250, 199, 1, 1)
    assert (found.posted, found.received) == (0, None)


def test_what_was_posted_is_without_what_was_left_out() -> None:
    found = progress_of(a_production("received", refused=1, received=298), [a_batch("produced", 300, 299, 1, 1)])
    assert (found.posted, found.received) == (299, 298)


@pytest.mark.parametrize(
    ("state", "batch", "is_going"),
    [
        ("making", "numbered", True),
        ("making", "produced", True),  # the last batch is drawn, and the production does not know yet
        ("ready", "produced", False),
        ("ready", "numbered", True),  # is drawn again
        ("mailed", "produced", False),
        ("voided", "voided", False),
        ("voided", "numbered", False),
    ],
)
def test_it_goes_on_while_something_is_made(state: str, batch: str, is_going: bool) -> None:
    assert progress_of(a_production(state), [a_batch(batch, 300, 0)]).is_going is is_going
