"""What may be asked over HTTP about a body that was registered twice."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import InstitutionCode
from shared.text import OneLine


class StrikingOff(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(
        min_length=1, max_length=500, description="除名的理由，不写人名 · why, without names of people"
    )
    instead: InstitutionCode = Field(
        description="正确的机构编码：同一机构的另一次登记，类别相同，未除名 · institution code of the right body: the other "
        "entry of the same one, of the same kind, not struck off"
    )
