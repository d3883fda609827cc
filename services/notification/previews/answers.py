"""What previews show."""

from __future__ import annotations

from pydantic import Field

from shared.keeping.answers import Answer


class LetterAnswer(Answer):
    """One letter that there is."""

    name: str = Field(description="信函名称 · name of the letter")
    subject: str = Field(description="示例标题 · its subject, with sample data")
    facts: list[str] = Field(description="由哪些事件引发，每日汇总为空 · facts that make it; none of a digest")
    waits: bool = Field(description="是否汇入每日汇总 · whether it waits for the digest of its day")
    page: str = Field(description="预览页面的地址 · where it can be looked at")


class LettersAnswer(Answer):
    items: list[LetterAnswer] = Field(description="全部信函，按名称 · all letters, by name")
