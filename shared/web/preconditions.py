"""Headers that a request cannot do without; above all ETag and If-Match: nobody overwrites what they have not seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Response
from starlette.exceptions import HTTPException


@dataclass(frozen=True, slots=True)
class Needed:
    """A header, and what is answered when it is missing."""

    name: str
    status: int
    sentence: str


IF_MATCH = Needed(
    "If-Match",
    428,
    "请先读取（GET）该文档，把应答头 ETag 的值写入请求头 If-Match 再办 · "
    "read the document first (GET) and send the ETag of the answer as If-Match",
)


def etag(version: int) -> str:
    return f'"v{version}"'


def tag(response: Response, version: int) -> None:
    response.headers["ETag"] = etag(version)


_Tag = Annotated[
    str,
    Header(
        alias=IF_MATCH.name,
        description='最近一次读取所得的 ETag，如 `"v3"` · the ETag you last read, e.g. `"v3"`',
        # Said in the document only: another tag is answered 400, as a header that cannot be read.
        json_schema_extra={"pattern": r'^"v\d{1,9}"$'},
    ),
]


def _expected_version(if_match: _Tag) -> int:
    """Raises 428 for an empty header, 400 when it is not one of our tags."""
    if not if_match:
        raise HTTPException(IF_MATCH.status, IF_MATCH.sentence)
    found = re.fullmatch(r'\s*"v(\d{1,9})"\s*', if_match)
    if not found:
        raise HTTPException(
            400,
            f'If-Match 不是本系统的 ETag，应如 "v3"，请重新读取该文档 · '
            f'{if_match} is not an ETag of this system, which look like "v3": read the document again',
        )
    return int(found[1])


ExpectedVersion = Annotated[int, Depends(_expected_version)]
