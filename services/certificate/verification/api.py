"""HTTP of verification, open to everybody: the question, and the page behind a QR code."""

from __future__ import annotations

import functools
import pathlib
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.certificate.settings import CertificateSettings
from services.certificate.verification.answers import VerificationAnswer
from services.certificate.verification.outcomes import Outcome
from services.certificate.verification.requests import Question
from services.certificate.verification.usecases import looking_up
from services.certificate.verification.usecases.findings import Findings
from services.certificate.verification.usecases.guesses import Guesses
from shared.contracts.certificate import RegisteredNumber
from shared.outside import Ports
from shared.trade.numbers.certificate_number import groups
from shared.web.access import By
from shared.web.edge.headers import NOT_KEPT
from shared.web.visitors import range_of

TOO_OFTEN = "查询过于频繁，请稍后再试 · too many look-ups, try again later"

_pages = Environment(
    loader=FileSystemLoader(pathlib.Path(__file__).with_name("pages")),
    autoescape=True,
    undefined=StrictUndefined,
)


def router(ports: Ports) -> APIRouter:
    store, settings, own = ports.store, ports.settings, ports.settings.of(CertificateSettings)
    throttle = ports.throttles.new(own.verifications_per_minute, TOO_OFTEN)
    guesses, findings = Guesses(ports.throttles, own), ports.memory.keep(Findings(store))
    routes = APIRouter()
    label = "核验 · verification"

    def counted(answer: VerificationAnswer, asker: str) -> VerificationAnswer:
        """Wrong ones only: nobody waits for what others behind the same address do. Raises TooOften."""
        if answer.outcome is Outcome.NO_MATCH:
            throttle.take(asker)
        return answer

    @routes.post("/verifications", tags=[label], summary="核验证书 · verify a certificate")
    async def verify(question: Question, request: Request, response: Response) -> VerificationAnswer:
        """Wrong answers are counted, by number and address. Beyond the limit the last characters of the ID number are not
        enough alone: the name is, or the code on the certificate. Right ones are never counted."""
        response.headers.update(NOT_KEPT)
        number, asker = looking_up.number_in(question.number, settings.industry), range_of(request)
        look_up = functools.partial(looking_up.by_question, store, findings, number, question)
        return counted(await guesses.counted(asker, number, question, look_up), asker)

    @routes.get("/v/{number}/{key}", tags=[label], summary="扫码核验 · the QR code's page", response_class=HTMLResponse)
    async def scan(
        number: Annotated[str, Path(description="证书编号 · certificate number")],
        key: Annotated[str, Path(description="二维码中的校验码 · the key in the QR code")],
        request: Request,
    ) -> HTMLResponse:
        answer = await looking_up.by_key(store, findings, looking_up.number_in(number, settings.industry), key)
        counted(answer, range_of(request))
        page = _pages.get_template("verification.html").render(answer=answer, groups=groups(answer.number))
        return HTMLResponse(page, headers=NOT_KEPT)

    @routes.get(
        "/numbers/{number}", tags=["服务之间 · between services"], summary="编号登记情况 · what became of a number"
    )
    async def registered(
        number: Annotated[str, Path(description="证书编号 · certificate number")], _: By
    ) -> RegisteredNumber:
        """Without a second field, so for our services alone; nothing is said of the holder."""
        return await looking_up.registered(store, findings, looking_up.number_in(number, settings.industry))

    return routes
