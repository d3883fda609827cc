"""What is shown of training records, and what everybody hears about one's own training."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from shared.keeping.answers import Answer, DocumentAnswer


class TrainingRecordAnswer(DocumentAnswer):
    path: str = Field(
        description="登记时所在机构及其上级，中心在前 · "
        "where the account sat when this was recorded: that body and everything above it, Centre first"
    )
    certificate: str = Field(description="培训证书编号 · number of the training certificate")
    passed_on: date = Field(description="培训合格日期 · day the training was passed")
    valid_until: date = Field(description="有效期末日 · last day that counts")
    recorded_by: str = Field(description="登记人账号 · account of who recorded it")
    recorded_at: datetime = Field(description="登记时间 · when it was recorded")


class TrainingRow(TrainingRecordAnswer):
    """A record in a list, with whose it is."""

    name: str = Field(description="姓名 · name of the holder")
    body: str = Field(description="现所在机构编码 · institution code of where the account sits today")
    path: str = Field(
        description="现所在机构及其上级，中心在前 · where it sits today: that body and everything above it, Centre first"
    )


class OwnTrainingAnswer(Answer):
    """One's own training, and how to practise."""

    account: str = Field(description="账号 · account")
    state: str = Field(
        description="状态：有效、到期、撤销、未登记或无需培训 · `valid`, `expired`, `withdrawn`, `none` or `not_needed`"
    )
    sentence: str = Field(description="状态说明 · the state in words")
    certificate: str = Field(description="培训证书编号，未登记为空 · number of the training certificate; empty if none")
    passed_on: date | None = Field(description="培训合格日期，未登记为空 · day the training was passed; null if none")
    valid_until: date | None = Field(description="有效期末日，未登记为空 · last day that counts; null if none")
    days_left: int = Field(
        description="剩余天数，末日或无有效培训为零 · days left: 0 on the last day, and when none counts"
    )
    practising: bool = Field(description="本次登录是否为练习 · whether this very sign-in is a practising one")
    how_to_get_trained: str = Field(description="如何参加培训 · how to get trained")
    training: str = Field(description="培训网址 · address of the training")
    how_to_practise: str = Field(description="如何练习 · how to practise")
