"""The access table: every endpoint of every service with who may call it, and how it is asked for real."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from services.runtime.catalogue import REGISTER
from shared.register.register import merged
from tests.access import asked
from tests.access.asking import Asked


def _machinery(service: str) -> dict[str, Asked]:
    message = Asked("anything", ids={"id": "none"})
    return {
        f"GET /{service}/parked": Asked("anything"),
        f"GET /{service}/parked/{{id}}": message,
        f"POST /{service}/parked/{{id}}/replay": message,
        f"POST /{service}/parked/{{id}}/discard": Asked("anything", ids=message.ids, content={"reason": "理由"}),
        f"GET /{service}/audit": Asked(),
        f"GET /{service}/documents": Asked("anything", query="path=/49000001/"),
    }


def _asked() -> dict[str, Asked]:
    parts = [import_module(found.name).ASKED for found in pkgutil.iter_modules(asked.__path__, f"{asked.__name__}.")]
    return merged("request", (*map(_machinery, REGISTER.interfaces), *parts))


ASKED = _asked()
ROWS = REGISTER.access
