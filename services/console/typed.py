"""What somebody typed into a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

MOST_FIELDS = 6000
"""Of one form: a plan of 500 lines has five for each."""


@dataclass(frozen=True, slots=True)
class Typed:
    """fields: as they were sent, in order; of two with one name both are there. files: field → name and content."""

    fields: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Empty if it was not sent."""
        return next((value.strip() for known, value in self.fields if known == name), "")

    def all(self, name: str) -> list[str]:
        return [value.strip() for known, value in self.fields if known == name]

    def rows(self, *columns: str) -> list[dict[str, str]]:
        """Lines of a table whose fields are called `<column>.<n>`; those in which nothing stands are left out."""
        known = dict(self.fields)
        numbers = sorted(
            {int(n) for name in known for column, _, n in [name.rpartition(".")] if column in columns and n.isdecimal()}
        )
        found = [{column: known.get(f"{column}.{n}", "").strip() for column in columns} for n in numbers]
        return [row for row in found if any(row.values())]


async def typed(request: Request) -> Typed:
    """Also after it was read once."""
    form = await request.form(max_fields=MOST_FIELDS)
    fields, files = [], {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files[name] = (value.filename, await value.read())
        else:
            fields.append((name, value))
    return Typed(tuple(fields), files)


Form = Annotated[Typed, Depends(typed)]
