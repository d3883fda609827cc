"""What is shown of a number check."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Checked(BaseModel):
    """Answer of the number check. problems: what is wrong, digit by digit; empty for a number of this industry."""

    number: str
    fits: bool
    problems: list[dict[str, str]]
    violation: str = Field("", description="id of the violation that the number raised")
