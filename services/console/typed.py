"""What somebody typed into a form."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from services.console.refusal import Kept
from shared.web.uploads import Places

MOST_FIELDS = 3000
"""Of one form: a plan of 500 lines has five for each. What was typed is shown again, and a page of many more lines takes seconds
in which nobody else is answered."""
NEVER_KEPT = frozenset({"password", "kept_action"})
"""Fields that are never handed back to a browser."""


@dataclass(frozen=True, slots=True)
class Typed:
    """fields: as they were sent, in order; of two with one name both are there. files: field → name and content."""

    fields: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Empty if it was not sent. In one line, as the services take text: in a large field people press Enter."""
        return next((" ".join(value.split("\r\n")).strip() for known, value in self.fields if known == name), "")

    def rows(self, *columns: str) -> list[dict[str, str]]:
        """Lines of a table whose fields are called `<column>.<n>`; those in which nothing stands are left out."""
        known = dict(self.fields)
        numbers = sorted(
            {int(n) for name in known for column, _, n in [name.rpartition(".")] if column in columns and _is_line(n)}
        )
        found = [{column: known.get(f"{column}.{n}", "").strip() for column in columns} for n in numbers]
        return [row for row in found if any(row.values())]


def _is_line(n: str) -> bool:
    return n.isdecimal() and len(n) <= len(str(MOST_FIELDS))


async def _typed(request: Request) -> AsyncIterator[Typed]:
    """A file has its place until it was answered: the console holds it that long. Raises Unavailable when too many arrive."""
    with place_for(request):
        yield await typed(request)


def kept(request: Request, form: Typed) -> Kept:
    """What goes along until the form is sent once more."""
    return Kept(request.url.path, tuple(one for one in form.fields if one[0] not in NEVER_KEPT))


def has_files(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/")


def place_for(request: Request) -> AbstractContextManager[None]:
    """While a form with files is read and held. Raises Unavailable."""
    if not has_files(request):
        return nullcontext()
    visitor = getattr(request.state, "visitor", None)
    places: Places = request.app.state.places
    return places.taken(visitor.holder.account if visitor and visitor.holder else "")


async def typed(request: Request) -> Typed:
    """Also after it was read once."""
    known: Typed | None = getattr(request.state, "typed", None)
    if known is None:
        known = request.state.typed = await _read(request)
    return known


async def _read(request: Request) -> Typed:
    """Files leave the temporary folder as soon as they are read: there and here would be twice as much memory."""
    fields, files = [], {}
    async with request.form(max_fields=MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    files[name] = (value.filename, await value.read())
            else:
                fields.append((_writable(name), _writable(value)))
    return Typed(tuple(fields), files)


def _writable(text: str) -> str:
    """Without halves of characters, which some encodings can name: no page and no JSON can say them."""
    return text.encode(errors="replace").decode()


Form = Annotated[Typed, Depends(_typed)]
