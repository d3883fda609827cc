"""What somebody typed into a form."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from shared.web.uploads import Places

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


async def _typed(request: Request) -> AsyncIterator[Typed]:
    """A file has its place until it was answered: the console holds it that long. Raises Unavailable when too many arrive."""
    with _place_for(request):
        yield await _read(request)


def _place_for(request: Request) -> AbstractContextManager[None]:
    if not request.headers.get("content-type", "").lower().startswith("multipart/"):
        return nullcontext()
    visitor = getattr(request.state, "visitor", None)
    places: Places = request.app.state.places
    return places.taken(visitor.holder.account if visitor and visitor.holder else "")


async def _read(request: Request) -> Typed:
    """Files leave the temporary folder as soon as they are read: there and here would be twice as much memory."""
    fields, files = [], {}
    async with request.form(max_fields=MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    files[name] = (value.filename, await value.read())
            else:
                fields.append((name, value))
    return Typed(tuple(fields), files)


Form = Annotated[Typed, Depends(_typed)]
