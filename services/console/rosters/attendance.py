"""The heads of a session as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.console.documents.planned_items import number
from services.console.typed import Typed

HEADS: Final = ("applied", "accepted", "examined")


def typed(form: Typed) -> dict[str, str]:
    return {name: form[name] for name in HEADS}


def read(heads: Mapping[str, str]) -> dict[str, Any]:
    """As the interface takes them: what is no number is sent as it is, and refused with its place."""
    return {name: number(text) for name, text in heads.items()}


def of_document(roster: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(roster["attendance"][name]) for name in HEADS}
