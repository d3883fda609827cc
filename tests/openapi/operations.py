"""Every operation of every service, as its OpenAPI document tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.runtime.catalogue import REGISTER
from shared.register.access import Row
from tests.rules.test_access import APPS
from tests.world.topology import INTERFACES

BYTES = "application/octet-stream"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Bytes too, which tools that read a document have to be told."""

DOCUMENTS: dict[str, dict[str, Any]] = {service: APPS[service].openapi() for service in INTERFACES}


@dataclass(frozen=True, slots=True)
class Operation:
    """path: as the service itself knows it. document: what the service's document says about it."""

    service: str
    method: str
    path: str
    document: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} /{self.service}{self.path}"

    @property
    def row(self) -> Row:
        return REGISTER.access[str(self)]

    def parameters(self, place: str) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.document.get("parameters", ()) if one["in"] == place}

    def address(self) -> str:
        """With something in place of every id."""
        filled = self.path.replace("{page}", "0").replace("{n}", "0")
        return f"/{self.service}{filled.replace('{', '').replace('}', '')}"

    def resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a reference leads to."""
        while "$ref" in part:
            found: Any = DOCUMENTS[self.service]
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def answers(self) -> dict[int, Mapping[str, Any]]:
        return {int(status): self.resolved(answer) for status, answer in self.document["responses"].items()}


def _operations() -> Iterator[Operation]:
    for service, document in DOCUMENTS.items():
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                yield Operation(service, method.upper(), path, operation)


OPERATIONS = tuple(_operations())
