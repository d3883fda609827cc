"""HTTP of verification, open to everybody: the question, and the page behind a QR code."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
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
from shared.errors import Invalid, TooOften
from shared.outside import Ports
from shared.trade.deadline import CHINA
from shared.trade.numbers.certificate_number import groups
from shared.web.access import By
from shared.web.edge.headers import NOT_KEPT
from shared.web.problems import status_of
from shared.web.visitors import range_of

TOO_OFTEN = "查询过于频繁，请稍后再试 · too many look-ups, try again later"

Language = Literal["zh", "en"]
BETWEEN = " · "
NOTHING_MORE: Mapping[str, str] = {}

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
        look_up = functools.partial(looking_up.by_question, store, findings, number, question, ports.clock.now())
        return counted(await guesses.counted(asker, number, question, look_up), asker)

    @routes.get("/v/{number}/{key}", tags=[label], summary="扫码核验 · the QR code's page", response_class=HTMLResponse)
    async def scan(
        number: Annotated[str, Path(description="证书编号 · certificate number")],
        key: Annotated[str, Path(description="二维码中的校验码 · the key in the QR code")],
        request: Request,
        language: Annotated[
            Language, Query(description="页面语言：`zh` 中文、`en` 英文 · language of the page: `zh` or `en`")
        ] = "zh",
    ) -> HTMLResponse:
        """Whoever scans sees a page, also of what is no number and of too many wrong ones; a program is told as everywhere."""
        try:
            read = looking_up.number_in(number, settings.industry)
            answer = counted(await looking_up.by_key(store, findings, read, key, ports.clock.now()), range_of(request))
        except (Invalid, TooOften) as refusal:
            if "text/html" not in request.headers.get("accept", ""):
                raise
            more = {"Retry-After": str(refusal.wait)} if isinstance(refusal, TooOften) else {}
            problems = refusal.problems if isinstance(refusal, Invalid) else ()
            return _page(language, status_of(refusal), more, refusal=refusal, problems=problems)
        return _page(language, answer=answer, groups=groups(answer.number))

    @routes.get(
        "/numbers/{number}", tags=["服务之间 · between services"], summary="编号登记情况 · what became of a number"
    )
    async def registered(
        number: Annotated[str, Path(description="证书编号 · certificate number")], _: By
    ) -> RegisteredNumber:
        """Without a second field, so for our services alone; nothing is said of the holder."""
        return await looking_up.registered(store, findings, looking_up.number_in(number, settings.industry))

    return routes


def _page(
    language: Language, status: int = 200, more: Mapping[str, str] = NOTHING_MORE, **context: Any
) -> HTMLResponse:
    n = ("zh", "en").index(language)

    def t(zh: str, en: str) -> str:
        return (zh, en)[n]

    def said(sentence: str) -> str:
        return sentence.split(BETWEEN, 1)[n] if BETWEEN in sentence else sentence

    known: dict[str, Any] = {"answer": None, "groups": (), "refusal": None, "problems": ()}
    text = _pages.get_template("verification.html").render(t=t, said=said, moment=_moment, **known | context)
    return HTMLResponse(text, status, {**NOT_KEPT, **more, "Content-Language": t("zh-CN", "en")})


def _moment(at: datetime) -> str:
    """In China, to the second: a print of the page says when it was true."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
