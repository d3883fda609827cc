"""Files in requests and answers, as the document tells them: the framework knows fields only."""

from __future__ import annotations

from typing import Any, Final

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BYTES = {"schema": {"type": "string", "format": "binary"}}


def answering(media_type: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of an endpoint that answers a file."""
    return {200: {"content": {media_type: _BYTES}}}


def taking(*media_types: str) -> dict[str, Any]:
    """For `openapi_extra=` of an endpoint whose request is the file itself."""
    return {"requestBody": {"required": True, "content": dict.fromkeys(media_types, _BYTES)}}
