"""What is shown of productions and their batches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import Field

from services.certificate.production.batch import Batch
from shared.keeping.answers import Answer, DocumentAnswer


class ProductionAnswer(DocumentAnswer):
    body: str = Field(description="鉴定机构编码 · institution code of the appraising body")
    path: str = Field(description="鉴定机构及其上级，中心在前 · that body and everything above it, Centre first")
    producer: str = Field(
        description="制证机构编码 · institution code of the body that makes and posts the certificates"
    )
    approved_on: date = Field(description="名册批准日期 · day on which the roster was approved")
    certificates: int = Field(description="证书份数 · number of certificates")
    batches: int = Field(description="打印批数 · number of batches")
    refused: int = Field(
        description="因缺字未绘制的份数 · certificates left out because no font has a character of theirs"
    )
    left_out: list[str] = Field(description="未绘制证书在系统中的编号 · ids of the certificates left out")
    carrier: str = Field(description="承运单位，未寄发为空 · who carries the parcel; empty before it is posted")
    parcel: str = Field(description="快递单号，未寄发为空 · number of the parcel; empty before it is posted")
    ready_at: datetime | None = Field(
        description="全部绘制完成时间，未完成为空 · when every batch was drawn; null before"
    )
    without_email: int | None = Field(
        description=(
            "未留邮箱的持证人数，系统不能致信，由鉴定机构通知；绘制完成前及早先版本制作的为空 · holders without an e-mail "
            "address, whom no letter reaches and the appraising body tells; null before it is drawn, and where an earlier "
            "release made it"
        )
    )
    received: int | None = Field(
        description="收到的证书份数，未登记收到为空 · certificates that were received; null before"
    )


class RefusedAnswer(Answer):
    """A certificate left out of the print file."""

    certificate: str = Field(description="证书在系统中的编号 · id of the certificate")
    number: str = Field(description="证书编号 · certificate number, 16 digits")
    characters: list[str] = Field(description="字库缺少的字 · characters that no font has")


class BatchAnswer(DocumentAnswer):
    roster: str = Field(description="名册编号 · id of the roster")
    page: int = Field(description="名册页号，从 1 起 · page of the roster, from 1")
    path: str = Field(
        description="鉴定机构及其上级，中心在前 · the appraising body and everything above it, Centre first"
    )
    producer: str = Field(
        description="制证机构编码 · institution code of the body that makes and posts the certificates"
    )
    certificates: int = Field(description="证书份数 · number of certificates")
    drawing: int = Field(description="第几次绘制 · which drawing: 1 is the first, higher after a redraw was asked for")
    drawn: int = Field(description="已绘制份数 · certificates drawn so far")
    refused: list[RefusedAnswer] = Field(description="因缺字未绘制的证书 · certificates left out")
    print_files: list[str] = Field(
        description="打印文件摘要，每次绘制一个 · content hashes of the print files, one a drawing"
    )
    numbered_at: datetime = Field(description="编号或要求重绘的时间 · when it began to wait for its drawing")

    @classmethod
    def of(cls, document: Batch, **more: Any) -> Self:
        """Stored pages count from 0, as they always did; people count from 1."""
        return super().of(document, page=document.page + 1, **more)
