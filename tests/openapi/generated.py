"""Clients that a generator writes from the documents of the services, as the maker of another system would have them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import httpx
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.strings import snake_case

from tests.openapi.operations import BYTES, DOCUMENTS, XLSX
from tests.world.topology import INTERFACES

PACKAGE = "client_of_{service}"


def write_clients(folder: Path) -> dict[str, str]:
    """A package for every service. Answers what the generator did not understand, by service."""
    not_understood = {}
    for service in INTERFACES:
        document = folder / f"{service}.json"
        document.write_text(json.dumps(DOCUMENTS[service]), encoding="utf-8")
        config = Config.from_sources(
            ConfigFile(content_type_overrides={XLSX: BYTES, "application/pdf": BYTES}, post_hooks=[]),
            MetaType.NONE,
            document,
            "utf-8",
            overwrite=False,
            output_path=folder / PACKAGE.format(service=service),
        )
        complaints = generate(config=config)
        if complaints:
            not_understood[service] = "\n".join(f"{one.header}: {one.detail}" for one in complaints)
    return not_understood


def _model(hint: Any) -> Any:
    """The model of a body, also of one that may be left out."""
    return next(one for one in (hint, *get_args(hint)) if hasattr(one, "from_dict"))


class Clients:
    """What somebody does with the generated functions. They stand in the folder that `write_clients` filled, which is
    on the path; each is found by the operation that it is for, because its own name is the generator's affair."""

    def __init__(self, folder: Path, transport: httpx.AsyncBaseTransport) -> None:
        self._folder, self._transport = folder, transport

    async def ask(self, endpoint: str, token: str = "", body: Any = None, **more: Any) -> Any:
        """endpoint: `GET /plan/annual-plans/{id}`. body: what its model is made from. Answers the function's own answer,
        with `parsed`, in which an error is as good as anything else."""
        method, _, path = endpoint.partition(" ")
        service, _, rest = path.removeprefix("/").partition("/")
        operation = DOCUMENTS[service]["paths"][f"/{rest}"][method.lower()]
        function = self._module(service, operation["operationId"]).asyncio_detailed
        if isinstance(body, bytes):  # not a stream of them, which the asynchronous httpx would not read
            more["body"] = importlib.import_module(f"{PACKAGE.format(service=service)}.types").File(body)
        elif body is not None:
            more["body"] = _model(get_type_hints(function)["body"]).from_dict(body)
        package = importlib.import_module(PACKAGE.format(service=service))
        options = {"httpx_args": {"transport": self._transport}, "raise_on_unexpected_status": True}
        if token:
            client = package.AuthenticatedClient(base_url=f"http://house/{service}", token=token, **options)
        else:
            client = package.Client(base_url=f"http://house/{service}", **options)
        async with client:
            return await function(client=client, **more)

    def _module(self, service: str, operation: str) -> ModuleType:
        (file,) = (self._folder / PACKAGE.format(service=service) / "api").rglob(f"{snake_case(operation)}.py")
        return importlib.import_module(".".join(file.relative_to(self._folder).with_suffix("").parts))
