"""ETag and If-Match: nobody overwrites what they have not seen."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Response
from starlette.exceptions import HTTPException


def etag(version: int) -> str:
    return f'"v{version}"'


def tag(response: Response, version: int) -> None:
    response.headers["ETag"] = etag(version)


def _expected_version(
    if_match: Annotated[str, Header(description='The ETag you last read, e.g. `"v3"`', include_in_schema=True)] = "",
) -> int:
    """Raises 428 without the header, 400 when it is not one of our tags."""
    if not if_match:
        raise HTTPException(428, "请带上读取时的 ETag · send If-Match with the ETag you last read")
    found = re.fullmatch(r'\s*"v(\d{1,9})"\s*', if_match)
    if not found:
        raise HTTPException(400, f"If-Match {if_match} 不是本系统的 ETag · is not an ETag of this system")
    return int(found[1])


ExpectedVersion = Annotated[int, Depends(_expected_version)]
