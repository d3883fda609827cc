"""Facts of the certificate service: batches, readiness, mailing."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import Doc

from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import ALL_CONCERNED, Fact, Reader
from shared.contracts.words import ConcernedBody, ConcernedPath, InstitutionCode, Level, Seal


class BatchNumbered(Fact):
    """At most 200 certificates have their numbers and wait to be drawn as one print file."""

    TYPE: ClassVar[str] = "batch.numbered.v1"
    ABOUT: ClassVar[str] = (
        "一批最多 200 份证书已编号，等待绘制。制证分中心有自己的队列时，"
        "发布时带上其专线（`batch.numbered.v1.49050001`）。 · At most 200 certificates have their numbers "
        "and wait to be drawn. Published with the lane of the producer (`batch.numbered.v1.49050001`) where "
        "that branch centre has a queue of its own."
    )
    SUBJECT: ClassVar[str] = "打印批的编号 · id of the batch"
    batch: Annotated[str, Doc("打印批的编号 · id of the batch")]
    roster: Annotated[str, Doc("名册的编号（与鉴定批次相同） · id of the roster (the session's)")]
    producer: Annotated[
        InstitutionCode,
        Doc("制作并寄发证书的机构的编码 · institution code of the body that makes and posts the certificates"),
    ]
    certificates: Annotated[int, Doc("证书份数 · number of certificates")]
    drawing: int = Field(
        default=1,
        description="首次绘制为 1，要求补绘后递增 · 1 for the first drawing, higher after a redraw was asked for",
    )


class BatchProduced(Fact):
    TYPE: ClassVar[str] = "batch.produced.v1"
    ABOUT: ClassVar[str] = (
        "该批已绘制成一个打印文件；含有字库所缺汉字的证书未予绘制，并逐一列明。 · The batch was drawn as one "
        "print file; certificates with a character no font has were left out and named."
    )
    SUBJECT: ClassVar[str] = "打印批的编号 · id of the batch"
    READERS: ClassVar[tuple[Reader, ...]] = ("producer",)
    batch: Annotated[str, Doc("打印批的编号 · id of the batch")]
    roster: Annotated[str, Doc("名册的编号（与鉴定批次相同） · id of the roster (the session's)")]
    producer: Annotated[
        InstitutionCode,
        Doc("制作并寄发证书的机构的编码 · institution code of the body that makes and posts the certificates"),
    ]
    drawn: Annotated[int, Doc("打印文件的页数 · pages in the print file")]
    refused: int = Field(
        description=(
            "因含有字库所缺汉字而未绘制的证书份数 · certificates left out because a character of theirs is in no font"
        )
    )
    print_file: Seal | None = Field(
        description=(
            "打印文件的内容摘要；全部未能绘制时为空 · content hash of the print file; none if every certificate "
            "was refused"
        )
    )


class CertificatesReady(Fact):
    """Every batch of the roster is drawn: print, seal, pack and post (R4.2)."""

    TYPE: ClassVar[str] = "certificates.ready.v1"
    ABOUT: ClassVar[str] = (
        "名册的各批均已绘制：由制证单位打印、用印、包装、寄发。 · Every batch of a roster is drawn: the "
        "producing body prints, seals, packs and posts."
    )
    SUBJECT: ClassVar[str] = "制证任务的编号 · id of the production"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    roster: Annotated[str, Doc("名册的编号（与鉴定批次相同） · id of the roster (the session's)")]
    body: ConcernedBody
    path: ConcernedPath
    producer: Annotated[
        InstitutionCode,
        Doc("制作并寄发证书的机构的编码 · institution code of the body that makes and posts the certificates"),
    ]
    certificates: Annotated[int, Doc("证书份数 · number of certificates")]
    refused: Annotated[int, Doc("未绘制的证书份数 · certificates left out")]
    batches: Annotated[int, Doc("名册的打印文件个数 · print files of the roster")]


class CertificatesMailed(Fact):
    """The producing body posted the certificates of a roster to the station."""

    TYPE: ClassVar[str] = "certificates.mailed.v1"
    ABOUT: ClassVar[str] = (
        "制证单位已寄发，并登记了单号。 · The producing body posted the parcel and entered its number."
    )
    SUBJECT: ClassVar[str] = "制证任务的编号 · id of the production"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    roster: Annotated[str, Doc("名册的编号（与鉴定批次相同） · id of the roster (the session's)")]
    body: ConcernedBody
    path: ConcernedPath
    producer: Annotated[
        InstitutionCode,
        Doc("制作并寄发证书的机构的编码 · institution code of the body that makes and posts the certificates"),
    ]
    certificates: Annotated[int, Doc("证书份数 · number of certificates")]
    carrier: Annotated[str, Doc("承运单位 · who carries the parcel")]
    parcel: Annotated[str, Doc("寄件单号 · its number")]
    without_email: int | None = Field(
        default=None,
        description=(
            "名册中未留邮箱的持证人数，由鉴定机构通知；早先版本的事件没有此项 · holders of the roster without an e-mail address, "
            "whom the appraising body tells; facts of earlier releases lack it"
        ),
    )


class ProductionReceived(Fact):
    TYPE: ClassVar[str] = "production.received.v1"
    ABOUT: ClassVar[str] = (
        "鉴定机构收到了证书并清点。份数不符时，系统致信制证单位。 · The appraising body received the parcel and counted what "
        "was in it. Where the number differs, the producing body is written to."
    )
    SUBJECT: ClassVar[str] = "制证任务的编号 · id of the production"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    roster: Annotated[str, Doc("名册的编号（与鉴定批次相同） · id of the roster (the session's)")]
    body: ConcernedBody
    path: ConcernedPath
    producer: Annotated[
        InstitutionCode, Doc("制作并寄发证书的机构的编码 · institution code of the body that made and posted them")
    ]
    sent: Annotated[int, Doc("寄出的份数 · certificates that were posted")]
    received: Annotated[int, Doc("收到的份数 · certificates that were received")]
    complete: Annotated[bool, Doc("收到的与寄出的份数相符 · as many as were posted")]


class Holder(BaseModel):
    """One certificate holder who left an address, as the letter to them needs it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    certificate: str
    number: str
    name: str
    email: str
    occupation_zh: str
    occupation_en: str
    level: Level
    verify_url: str


class HoldersPage(BaseModel):
    """Answer of `GET /certificate/holders?roster=…&after=…`: for services only, people stay off the bus."""

    model_config = ConfigDict(extra="ignore")
    items: list[Holder]
    next: str | None


NumberState = Literal["absent", "being_made", "valid", "void"]


class RegisteredNumber(BaseModel):
    """Answer of `GET /certificate/numbers/{number}`: what became of a number, and nothing of its holder."""

    model_config = ConfigDict(extra="ignore")
    number: str = Field(description="证书编号 · certificate number, 16 digits")
    state: NumberState = Field(
        description="登记情况：没有登记、制作中、有效、已作废 · absent: it was never given; being made: nothing was printed yet"
    )


class ProductionState(BaseModel):
    """Answer of `GET /certificate/productions/{roster}`, as far as reporting needs it."""

    model_config = ConfigDict(extra="ignore")
    state: str


class CertificatesVoided(Fact):
    """The certificates of a roster will not be issued: they were not posted when their body lost its licence. Their
    numbers are never used again (rules §4.10)."""

    TYPE: ClassVar[str] = "certificates.voided.v1"
    ABOUT: ClassVar[str] = (
        "机构被取消资质时，名册的证书尚未寄发，予以作废（规则 §4.10）。系统致信各持证人。 · The "
        "certificates of a roster were not posted when their body lost its licence, and are void (rules "
        "§4.10). Their holders are written to."
    )
    SUBJECT: ClassVar[str] = "制证任务的编号 · id of the production"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    roster: Annotated[str, Doc("名册的编号（与鉴定批次相同） · id of the roster (the session's)")]
    body: ConcernedBody
    path: ConcernedPath
    producer: Annotated[
        InstitutionCode, Doc("原应寄发证书的机构的编码 · institution code of the body that would have posted them")
    ]
    certificates: Annotated[int, Doc("证书份数 · number of certificates")]
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]


class CertificateDutyOpened(DutyOpened):
    TYPE: ClassVar[str] = "certificate_duty.opened.v1"


class CertificateDutyReckoned(DutyReckoned):
    TYPE: ClassVar[str] = "certificate_duty.reckoned.v1"


class CertificateDutyMarked(DutyMarked):
    TYPE: ClassVar[str] = "certificate_duty.marked.v1"


class CertificateDutySettled(DutySettled):
    TYPE: ClassVar[str] = "certificate_duty.settled.v1"


class CertificateWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "certificate_windup.done.v1"
    ABOUT: ClassVar[str] = (
        "证书服务已办完取消资质的善后事项。监督服务读取办理结果：`GET /certificate/windups/{sanction}`。 · "
        "The certificate service carried out its part of a revocation. Supervision fetches what happened: "
        "`GET /certificate/windups/{sanction}`."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]
    effects: Annotated[int, Doc("办完、移交或作废的事项数 · how many items were finished, moved or voided")]


FACTS: tuple[type[Fact], ...] = (
    BatchNumbered,
    BatchProduced,
    CertificatesReady,
    CertificatesMailed,
    ProductionReceived,
    CertificatesVoided,
    CertificateDutyOpened,
    CertificateDutyReckoned,
    CertificateDutyMarked,
    CertificateDutySettled,
    CertificateWindUpDone,
)
