"""The `Idempotency-Key` header: required on every POST that creates (see shared.keeping.creation)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header
from starlette.exceptions import HTTPException

from shared.web.preconditions import Needed

IDEMPOTENCY_KEY = Needed(
    "Idempotency-Key",
    400,
    "新建须带请求头 Idempotency-Key：自拟一个值，重试时原样重复 · "
    "creating needs the header Idempotency-Key: any value you make up, repeated on every retry",
)

_Key = Annotated[
    str,
    Header(
        alias=IDEMPOTENCY_KEY.name,
        max_length=200,
        description="每次新建自拟一个值，重试时原样重复 · any text you make up once per creation and repeat on every retry",
        json_schema_extra={"pattern": r"\S"},
    ),
]


def _key(idempotency_key: _Key) -> str:
    if not idempotency_key.strip():
        raise HTTPException(IDEMPOTENCY_KEY.status, IDEMPOTENCY_KEY.sentence)
    return idempotency_key.strip()


IdempotencyKey = Annotated[str, Depends(_key)]
