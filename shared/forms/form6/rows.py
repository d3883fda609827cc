"""What a row below the titles of form 6 is, told by its cells alone: a candidate, the titles again, a foot, or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from shared.errors import Invalid
from shared.forms.form6.feet import is_amount, is_foot, is_signature, is_stroke, is_total, says_blank_below
from shared.forms.form6.layout import COLUMN_SPELLINGS, EDUCATION_SPELLINGS, EDUCATIONS, SEXES, heading
from shared.trade.numbers.resident_id import resident_id
from shared.trade.numbers.spelling import normalise

ENOUGH_TITLES: Final = 4  # known column titles that make a row the header of the table
ENOUGH_OF_A_PERSON: Final = 2  # cells that only a candidate has
FEWEST_DIGITS: Final = 6  # of a ticket or document number; a year has four

Cells = Sequence[object]


def titles_in(row: Cells) -> int:
    return len({COLUMN_SPELLINGS.get(heading(cell)) for cell in row if isinstance(cell, str)} - {None})


def of_a_person(row: Cells, columns: Mapping[str, int]) -> int:
    """How many cells say something that stands in no foot: ticket, sex, number of a document, education. A right resident
    ID is enough by itself. columns: index by key."""
    found = 0
    for key in ("sex", "education", "ticket", "id_number"):  # the cheap ones first
        if found >= ENOUGH_OF_A_PERSON:
            break
        index = columns.get(key)
        cell = row[index] if index is not None and index < len(row) else ""
        if cell == "":
            continue
        if cell in SEXES or cell in EDUCATIONS:
            found += key in ("sex", "education")
            continue
        text = normalise(cell[:60]) if isinstance(cell, str) else str(cell)
        if key == "sex":
            found += text in SEXES
        elif key == "education":
            found += text in EDUCATIONS or text in EDUCATION_SPELLINGS
        elif len(text) >= FEWEST_DIGITS and sum(char.isdigit() for char in text) >= FEWEST_DIGITS and ":" not in text:
            found += 1
            if key == "id_number" and found < ENOUGH_OF_A_PERSON and len(text) == 18:
                found += _is_resident_id(text)
    return found


def numbers_of_columns(row: Cells) -> bool:
    """1, 2, 3 … below the titles, as printed forms have them."""
    numbers = [normalise(str(cell)).strip("()").removesuffix(".0") for cell in row if not _is_blank(cell)]
    return len(numbers) >= ENOUGH_TITLES and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def is_foot_row(row: Cells) -> bool:
    return any(is_foot(cell) for cell in row if isinstance(cell, str) and cell.strip()) or is_spread_over_cells(row)


def is_spread_over_cells(row: Cells) -> bool:
    """以 | 下 | 空 | 白, each in a cell of its own."""
    texts = [cell.strip() for cell in row if isinstance(cell, str) and cell.strip()]
    return 1 < len(texts) <= len("此页以下空白") and says_blank_below("".join(texts))


def is_struck_out(row: Cells, running: int | None) -> bool:
    """Nothing but strokes, and a running number at most: an empty row that nobody shall fill in later. running: its column."""
    said = [
        cell
        for index, cell in enumerate(row)
        if not (_is_blank(cell) or (index == running and isinstance(cell, float)))
    ]
    return bool(said) and all(isinstance(cell, str) and is_stroke(cell) for cell in said)


def no_part_of_a_foot(row: Cells) -> list[int]:
    """Indices of cells of a foot row that are neither words of a foot, nor what stands behind them, nor an amount."""
    left: list[int] = []
    if is_spread_over_cells(row):
        return left
    total = any(is_total(cell) for cell in row if isinstance(cell, str))
    before = ""
    for index, cell in enumerate(row):
        if _is_blank(cell):
            continue
        if isinstance(cell, str):
            if not (is_foot(cell) or is_amount(cell) or is_signature(before)):
                left.append(index)
            before = cell
        elif isinstance(cell, float) and not (total or is_signature(before) or index == 0):
            left.append(index)
    return left


def _is_blank(cell: object) -> bool:
    return cell == "" or (isinstance(cell, str) and not cell.strip())


def _is_resident_id(text: str) -> bool:
    try:
        resident_id(text)
    except Invalid:
        return False
    return True
