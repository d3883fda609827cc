"""Answers that a browser keeps as a file: named so that a clerk finds them again in a folder of downloads."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Response

NAMED = "Content-Disposition"


def download(content: bytes, media_type: str, name: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(content, media_type=media_type, headers={NAMED: attachment(name), **(headers or {})})


def attachment(name: str) -> str:
    """The header's value (RFC 6266); a name beyond ASCII, or with a quotation mark in it, in percent signs (RFC 8187)."""
    if name.isascii() and name.isprintable() and not set(name) & set('"\\%'):
        return f'attachment; filename="{name}"'
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
