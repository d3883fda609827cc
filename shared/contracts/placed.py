"""What every service answers the directory about a place in the tree: which documents stand there."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PlacedDocument(BaseModel):
    """One of them, by which the others are found."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    kind: str = Field(description="文档种类 · kind of the document")
    id: str = Field(description="文档编号 · id of the document")


class PlacedDocuments(BaseModel):
    """Answer of `GET /<service>/documents?path=…`: of each kind the first that stands at the place or below it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    items: list[PlacedDocument] = Field(description="每种文档的第一份 · the first document of each kind")
