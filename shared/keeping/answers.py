"""What leaves the house: an answer names its fields one by one, so a new field of a document is shown to nobody until
somebody names it here or in the `answers.py` of its noun."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Every field has a description, Chinese first."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    @classmethod
    def of(cls, document: Any, **more: Any) -> Self:
        """From the attributes and properties of `document` that have the names of the fields; `more` takes their place."""
        named = {name: more[name] if name in more else getattr(document, name) for name in cls.model_fields}
        return cls.model_validate(named, from_attributes=True)


class ActAnswer(Answer):
    """One line of a document's history."""

    n: int = Field(description="序号，审计链按此查对 · its number, by which the audit chain finds it")
    at: datetime = Field(description="时间 · when")
    by: str = Field(description="办理人账号 · account of who did it")
    name: str = Field(description="办理人 · who did it")
    body: str = Field(description="办理人所在机构编码 · institution code of where they sit")
    verb: str = Field(description="动作 · what was done")
    from_state: str = Field(description="此前状态 · state before")
    to_state: str = Field(description="此后状态 · state after")
    reason: str = Field(description="理由 · why")


class DocumentAnswer(Answer):
    """What every document shows."""

    id: str = Field(description="编号 · id")
    state: str = Field(description="状态 · state")
    history: list[ActAnswer] = Field(description="办理记录 · what was done with it, oldest first")
