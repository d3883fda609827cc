"""What may be asked of verification over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.certificate.verification.proof import SHORTEST_TAIL


class Question(BaseModel):
    """The number and one more thing that only somebody with the certificate knows."""

    model_config = ConfigDict(extra="forbid")
    number: str = Field(
        max_length=60, description="证书编号，16 位 · certificate number, 16 digits", examples=["2649053012400001"]
    )
    name: str = Field("", max_length=100, description="姓名 · name")
    id_last: str = Field(
        "", max_length=18, description="证件号码后四位或更多 · last 4 or more characters of the ID number"
    )

    @model_validator(mode="after")
    def _second_field(self) -> Question:
        if not self.name.strip() and len(self.id_last.strip()) < SHORTEST_TAIL:
            raise ValueError(
                "请填写姓名或证件号码后四位 · give the name, or at least 4 last characters of the ID number"
            )
        return self
