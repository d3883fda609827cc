"""The id of a document in the path of an endpoint."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

DocumentId = Annotated[str, Path(description="文档编号 · id of the document")]
