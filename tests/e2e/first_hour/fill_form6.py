"""What a person does in Excel: types one row of values under the titles of an empty form 6.

python fill_form6.py form6.xlsx '{"姓名": "王芳", …}'
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl

TITLES = 6  # row of the column titles; the first candidate stands below


def fill(path: Path, values: dict[str, str]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = {str(cell.value): cell.column for cell in sheet[TITLES] if cell.value}
    for title, value in values.items():
        column = next(place for name, place in places.items() if name.startswith(title))
        sheet.cell(TITLES + 1, column).value = value
    book.save(path)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(sys.argv[2]))
