"""The form 6 that comes back filled in, with the numbers of the certificates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.console.documents.addresses import below
from services.console.documents.passing import passed_on
from services.console.refusal import Refusal
from services.console.rosters.api.addresses import HERE
from services.console.visitor import By, Visitor
from shared.errors import Unavailable

PRODUCTIONS: Final = "/certificate/productions"
ASKED: Final = f"{PRODUCTIONS}/{{roster}}/form6"


@dataclass(frozen=True, slots=True)
class Filled:
    """What it says of itself, or why it is not there yet."""

    form: dict[str, Any] | None
    why: str = ""


async def form_of(visitor: Visitor, roster: dict[str, Any]) -> Filled | None:
    """None: of a roster that is not approved, or for whom this visitor's role reads none. A roster is read also while the
    certificates' service is away. Raises NotSignedIn."""
    if roster["state"] != "approved" or not visitor.may(f"GET {ASKED}"):
        return None
    try:
        return Filled(await visitor.get(below(PRODUCTIONS, roster["id"], "form6")))
    except (Refusal, Unavailable) as why:
        return Filled(None, str(why))


def add(routes: APIRouter) -> None:
    @routes.get(f"{HERE}/{{id}}/form6.xlsx")
    async def workbook(visitor: By, id: str, copy: str = "", part: str = "") -> Response:
        return await passed_on(visitor, below(PRODUCTIONS, id, "form6.xlsx"), copy=copy, part=part)

    @routes.get(f"{HERE}/{{id}}/form6.pdf")
    async def paper(visitor: By, id: str, copy: str = "", part: str = "") -> Response:
        return await passed_on(visitor, below(PRODUCTIONS, id, "form6.pdf"), copy=copy, part=part)
