"""What a field of a request is called in Chinese, as its own model or parameter describes it: a clerk knows 机构编码, and no
`/items/0/body`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_NAME_ENDS = re.compile(r"[，。；：（(,;:·]| - ")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MEANING = re.compile(r"`([^`]+)` ([^`、，；。]+)")
LONGEST = 20  # characters; what is longer is an explanation and no name


def name_of(route: object, place: Sequence[str | int]) -> str:
    """place: where the framework found an error, `("body", "items", 0, "level")`. Empty where nothing is known of it."""
    if not isinstance(route, APIRoute) or len(place) < 2:
        return ""
    kind, first, *rest = place
    if kind != "body":
        return next((_said(field.field_info) for field in _parameters(route.dependant) if field.alias == first), "")
    if route.body_field is None:
        return ""
    return _below(route.body_field.field_info.annotation, [first, *rest], "")


def meanings_of(route: object, place: Sequence[str | int]) -> dict[str, str]:
    """What the values that may be filled in at this place mean in Chinese, as the field describes them; empty where it does
    not (shared.words.choices)."""
    field = _field_at(route, place)
    chinese = (field.description or "").partition(" · ")[0] if field else ""
    return dict(_MEANING.findall(chinese))


def _field_at(route: object, place: Sequence[str | int]) -> FieldInfo | None:
    if not isinstance(route, APIRoute) or len(place) < 2:
        return None
    kind, first, *rest = place
    if kind != "body":
        return next((field.field_info for field in _parameters(route.dependant) if field.alias == first), None)
    return _inner(route.body_field.field_info.annotation, [first, *rest]) if route.body_field else None


def _inner(annotation: Any, place: Sequence[str | int]) -> FieldInfo | None:
    here, *rest = place
    for model in _models(annotation):
        for name, field in model.model_fields.items():
            if here in (name, field.alias):
                return _inner(field.annotation, rest) or field if rest else field
    return next((found for item in _items(annotation) if rest and (found := _inner(item, rest))), None)


def _parameters(dependant: Dependant) -> Iterator[Any]:
    yield from (*dependant.query_params, *dependant.path_params, *dependant.header_params)
    for one in dependant.dependencies:
        yield from _parameters(one)


def _below(annotation: Any, place: Sequence[str | int], known: str) -> str:
    """The name of the innermost field on the way that has one, and which of a list it is."""
    if not place:
        return known
    here, *rest = place
    for model in _models(annotation):
        for name, field in model.model_fields.items():
            if here in (name, field.alias):
                return _below(field.annotation, rest, _said(field) or known)
    for item in _items(annotation):
        nth = f"{known}第 {here + 1} 项" if isinstance(here, int) and known else known
        return _inside(nth, _below(item, rest, ""))
    return known


def _inside(outer: str, inner: str) -> str:
    return "的".join(part for part in (outer, inner) if part)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if get_origin(annotation) is Annotated:
        yield from _models(get_args(annotation)[0])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif not _is_many(annotation):
        for one in get_args(annotation):
            yield from _models(one)


def _items(annotation: Any) -> Iterator[Any]:
    """What the members of a list or the values of a mapping are."""
    if get_origin(annotation) is Annotated:
        yield from _items(get_args(annotation)[0])
    elif _is_many(annotation):
        yield from [one for one in get_args(annotation) if one is not Ellipsis][-1:]
    else:
        for one in get_args(annotation):
            yield from _items(one)


def _is_many(annotation: Any) -> bool:
    return get_origin(annotation) in (list, tuple, set, frozenset, dict, Sequence)


def _said(field: FieldInfo) -> str:
    name = _NAME_ENDS.split(field.description or "", maxsplit=1)[0].strip()
    return name if _CHINESE.search(name) and len(name) <= LONGEST else ""
