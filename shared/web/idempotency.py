"""The `Idempotency-Key` header: required on every POST that creates (see shared.keeping.creation)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header
from starlette.exceptions import HTTPException


def _key(
    idempotency_key: Annotated[
        str, Header(description="Any text you make up once per creation and repeat on every retry", max_length=200)
    ] = "",
) -> str:
    if not idempotency_key.strip():
        raise HTTPException(400, "新建请求须带 Idempotency-Key · creating needs an Idempotency-Key header")
    return idempotency_key.strip()


IdempotencyKey = Annotated[str, Depends(_key)]
