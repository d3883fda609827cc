"""HTTP of verification, open to everybody: the question, and the page behind a QR code."""

from __future__ import annotations

import pathlib
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.certificate.settings import CertificateSettings
from services.certificate.verification import usecases
from services.certificate.verification.answers import VerificationAnswer
from services.certificate.verification.requests import Question
from shared.outside import Ports
from shared.trade.numbers.spelling import normalise
from shared.web.limits import address_of

TOO_OFTEN = "查询过于频繁，请稍后再试 · too many look-ups, try again later"
GUESSES_PER_MINUTE = 10  # look-ups of one number: who holds the certificate needs one

_pages = Environment(
    loader=FileSystemLoader(pathlib.Path(__file__).with_name("pages")),
    autoescape=True,
    undefined=StrictUndefined,
)


def router(ports: Ports) -> APIRouter:
    store, settings = ports.store, ports.settings
    throttle = ports.throttles.new(ports.settings.of(CertificateSettings).verifications_per_minute, TOO_OFTEN)
    guesses = ports.throttles.new(GUESSES_PER_MINUTE, TOO_OFTEN)
    routes = APIRouter(tags=["核验 · verification"])

    @routes.post("/verifications", summary="核验证书 · verify a certificate")
    async def verify(question: Question, request: Request) -> VerificationAnswer:
        throttle.take(address_of(request))
        guesses.take(normalise(question.number))  # from wherever they come
        return await usecases.by_question(store, question, settings.industry)

    @routes.get("/v/{number}/{key}", summary="扫码核验 · the QR code's page", response_class=HTMLResponse)
    async def scan(
        number: Annotated[str, Path(description="证书编号 · certificate number")],
        key: Annotated[str, Path(description="二维码中的校验码 · the key in the QR code")],
        request: Request,
    ) -> HTMLResponse:
        throttle.take(address_of(request))
        answer = await usecases.by_key(store, number, key, settings.industry)
        page = _pages.get_template("verification.html").render(answer=answer)
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    return routes
