"""HTTP of the filled form 6 (R4.2, R5)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from services.certificate.filled_forms.answers import FilledFormAnswer, shown
from services.certificate.filled_forms.drawing.words import Copies
from services.certificate.filled_forms.filled_form import FilledForm
from services.certificate.filled_forms.usecases import reading
from shared.outside import Ports
from shared.web.access import By
from shared.web.downloads import download
from shared.web.leaving import while_connected
from shared.web.openapi.files import PDF, XLSX, answering

SEAL = "Form6-Seal"

RosterId = Annotated[str, Path(description="名册编号 · id of the roster")]
Part = Annotated[int, Query(ge=1, le=10_000, description="第几个文件 · which file, where there are several")]


def router(ports: Ports) -> APIRouter:
    routes = APIRouter(tags=["附表六 · the filled form 6"])

    @routes.get("/productions/{roster}/form6", summary="附表六概要 · what the filled form 6 of a roster says of itself")
    async def form6(roster: RosterId, by: By) -> FilledFormAnswer:
        """证书全部编号后即有；`seal` 为内容摘要，一式两份及各文件所印相同。

        There as soon as every certificate has its number; before (409) the answer says what is missing. `seal` is computed
        over all lines, volumes and the heading, so what somebody holds on paper can be compared with it."""
        return shown(await reading.read(ports, roster, by))

    @routes.get(
        "/productions/{roster}/form6.pdf",
        summary="附表六公文 · the filled form 6 on paper, in duplicate",
        response_class=Response,
        responses=answering(PDF),
    )
    async def paper(
        roster: RosterId,
        by: By,
        request: Request,
        copies: Annotated[
            Copies,
            Query(alias="copy", description="份次：第一份、第二份或两份 · the first, the second, or both in one file"),
        ] = "both",
        part: Part = 1,
    ) -> Response:
        """每文件至多 20 页（另一份同），页码连续；同一请求所得文件逐字节相同。证件号码照印，请按涉及个人信息的公文保管。

        At most 20 pages of each copy in a file; page numbers go on. The same request gives the same bytes. Identity numbers
        stand in full, as on the form."""
        form, content = await while_connected(request, reading.paper(ports, roster, by, copies, part))
        return _file(form, content, PDF, f"-{copies}" if copies != "both" else "", part, "pdf")

    @routes.get(
        "/productions/{roster}/form6.xlsx",
        summary="附表六电子版 · the filled form 6 as a workbook",
        response_class=Response,
        responses=answering(XLSX),
    )
    async def workbook(
        roster: RosterId,
        by: By,
        request: Request,
        copy: Annotated[Literal["1", "2"], Query(description="份次：第一份或第二份 · the first or the second")] = "1",
        part: Part = 1,
    ) -> Response:
        """每文件至多 10,000 人，一职业一等级一表。At most 10,000 people in a file; a sheet per occupation and level."""
        form, content = await while_connected(request, reading.book(ports, roster, by, copy, part))
        return _file(form, content, XLSX, f"-{copy}", part, "xlsx")

    return routes


def _file(form: FilledForm, content: bytes, media_type: str, copy: str, part: int, ending: str) -> Response:
    name = f"form6-{form.heading.roster}{copy}{f'-part{part}' if part > 1 else ''}.{ending}"
    return download(content, media_type, name, {SEAL: form.seal})
