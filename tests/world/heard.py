"""Whatever any test of the suite asks over HTTP: a refusal is looked at besides, whether it is a sentence for people
(docs/decisions/0042)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

import httpx

from tests.world.halves import faults

MOST_LOOKED_AT = 100_000  # bytes of a request; what is longer is a file, of which nothing is said again


async def must_be_for_people(answer: httpx.Response) -> None:
    """Of every problem: its title, its sentence, and what is said of each place. A hook of the one client."""
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return
    await answer.aread()
    request = answer.request
    try:
        sent = request.content[:MOST_LOOKED_AT].decode("utf-8", "ignore")
    except httpx.RequestNotRead:
        sent = ""
    typed = unquote_plus(f"{request.url} {sent}")
    for sentence in sentences_of(answer.json()):
        found = faults(sentence, typed)
        assert not found, f"{request.method} {request.url.path} {answer.status_code}: {sentence!r}: {found}"


def sentences_of(problem: dict[str, Any]) -> list[str]:
    rows = [(row["what"], row["fix"]) for row in problem.get("errors", ())]
    return [text for text in (problem["title"], problem["detail"], *(part for row in rows for part in row)) if text]
