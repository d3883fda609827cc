"""What is shown of a filled form 6 before its files are fetched."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from services.certificate.filled_forms.drawing.paging import files_of, pages_of, workbooks_of
from services.certificate.filled_forms.filled_form import FilledForm
from shared.keeping.answers import Answer


class VolumeAnswer(Answer):
    """One volume (册): one occupation at one level."""

    number: int = Field(description="第几册 · number of the volume, from 1")
    occupation: str = Field(description="职业代码 · occupation code")
    occupation_zh: str = Field(description="职业名称 · occupation, in Chinese")
    level: int = Field(description="技能等级，5 为初级工，1 为高级技师 · skill level: 5 is the lowest, 1 the highest")
    lines: int = Field(description="本册人数 · people in the volume")
    pages: int = Field(description="本册页数 · pages of the volume on paper")


class FilledFormAnswer(Answer):
    """The filled form 6 of a roster."""

    roster: str = Field(description="名册编号 · id of the roster")
    session: str = Field(description="鉴定批次号 · id of the session")
    held_on: date = Field(description="鉴定日期 · day of the exam")
    issued_on: date = Field(description="发证日期 · date of issue")
    lines: int = Field(description="各册总人数 · people in all volumes")
    seal: str = Field(
        description="内容摘要，两份及各文件所印相同 · content hash: the same is printed on both copies, in every file"
    )
    volumes: list[VolumeAnswer] = Field(description="各册 · the volumes")
    pdf_files: int = Field(description="PDF 分几个文件，以 part 取 · in how many PDF files it comes; `part` says which")
    xlsx_files: int = Field(description="工作簿分几个文件 · in how many workbooks it comes")


def shown(form: FilledForm) -> FilledFormAnswer:
    volumes = [VolumeAnswer.of(volume, pages=len(pages_of(volume))) for volume in form.volumes]
    files = {"pdf_files": len(files_of(form.volumes)), "xlsx_files": len(workbooks_of(form.volumes))}
    return FilledFormAnswer.of(form.heading, seal=form.seal, volumes=volumes, **files)
