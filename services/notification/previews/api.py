"""HTTP of previews: which letters there are, and each as it looks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from services.notification.letters.letter import LetterWriter
from services.notification.previews.answers import LetterAnswer, LettersAnswer
from services.notification.previews.samples import facts_of, samples
from shared.errors import NotFound
from shared.outside import Ports
from shared.web.access import By

STYLE = "../static/letter.css"
Name = Annotated[str, Path(max_length=60, description="信函名称 · name of the letter")]


def router(ports: Ports, writer: LetterWriter) -> APIRouter:
    register, site = ports.register, ports.settings.url
    routes = APIRouter(prefix="/letters", tags=["信函样式 · how letters look"])
    waiting = {letter.name for letters in register.letters.values() for letter in letters if letter.waits}

    @routes.get("", summary="信函样式列表 · the letters that there are")
    async def letters(_: By) -> LettersAnswer:
        found = sorted(samples(register, writer, site).items())
        return LettersAnswer(
            items=[
                LetterAnswer(
                    name=name,
                    subject=writer.render(name, values)[0],
                    facts=facts_of(register, name),
                    waits=name in waiting,
                    page=f"/notification/letters/{name}",
                )
                for name, values in found
            ]
        )

    @routes.get("/{name}", summary="信函预览 · one letter, with sample data", response_class=HTMLResponse)
    async def letter(name: Name, _: By) -> HTMLResponse:
        """Nobody in it exists. Its look is loaded from a file of this service, as with every page here."""
        values = samples(register, writer, site).get(name)
        if values is None:
            raise NotFound(f"没有名为 {name} 的信函 · there is no letter {name}")
        return HTMLResponse(writer.page(name, values, STYLE))

    return routes
