"""Every operation is asked what Schemathesis makes up from the document, as several roles: whatever is asked, no answer is
a bug, and each is one that the document tells, in status, type, headers and fields.

Half of the requests name a document that there is, so that not everything ends at "not found". What is made up is the
same in every run."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.register.access import MACHINERY
from tests.access.actors import open_accounts
from tests.access.samples import STATION, furnish, sample_id
from tests.access.table import ASKED
from tests.openapi.operations import BYTES, DOCUMENTS, OPERATIONS, XLSX, Operation
from tests.openapi.whoever import may
from tests.world.house import House
from tests.world.topology import INTERFACES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROLES = ("", "operator", "knocker.49053012.station-head", "knocker.49050001.branch-officer", "knocker.49000001.auditor")
"""Who asks besides whoever may; nobody among them."""

schemathesis.serializer.alias(XLSX, BYTES)

EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
"""Of every operation, valid and invalid ones: more find more, but the whole suite must stay a matter of minutes."""
MEANWHILE = 61.0
"""Seconds between two operations: one of them may have changed the signing keys, and throttles are not what is tried here."""
EACH = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Fuzzed:
    """A house, the loop in which it lives, and what was found in it."""

    house: House
    loop: asyncio.Runner
    found: dict[str, str] = field(default_factory=dict)
    answers: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """How often each operation answered, and whether it knew who asked."""

    async def answer(self, who: str, request: requests.PreparedRequest) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
        if who:
            headers["Authorization"] = f"Bearer {await self.house.token(who)}"
        sent = {name.encode(): str(value).encode("latin-1", errors="replace") for name, value in headers.items()}
        return await self.house.client.request(
            str(request.method),
            str(request.url),
            headers=sent,  # type: ignore[arg-type]
            content=request.body,
        )


@pytest.fixture
def fuzzed(bare_folder: Path, tmp_path: Path) -> Iterator[Fuzzed]:
    """Not asynchronous itself: what makes requests up is not."""
    shutil.copytree(bare_folder, tmp_path / "fuzzed")
    with asyncio.Runner() as loop:

        async def opened() -> House:
            house = House(tmp_path / "fuzzed")
            await furnish(house)
            await open_accounts(house)
            return house

        house = loop.run(opened())
        yield Fuzzed(house, loop)
        loop.run(house.close())


def ids_of(operation: Operation) -> dict[str, str]:
    """Of documents that there are."""
    asked = ASKED[str(operation)]
    sample = STATION.code if asked.kind == "body" else sample_id(asked.kind, STATION) if asked.kind else "none"
    return dict.fromkeys(("id", "code", "roster", "sanction"), sample) | dict(asked.ids)


def fuzz(fuzzed: Fuzzed, operation: Operation, made_up: st.SearchStrategy[Any], examples: int) -> None:
    @settings(EACH, max_examples=examples)
    @given(case=made_up, who=st.sampled_from((may(operation), *ROLES)), is_there=st.booleans())
    def asked(case: Any, who: str, is_there: bool) -> None:
        if is_there:
            ids = ids_of(operation)
            case.path_parameters = {name: ids.get(name, value) for name, value in case.path_parameters.items()}
        request = requests.Request(**case.as_transport_kwargs(base_url=f"http://house/{operation.service}")).prepare()
        for account in dict.fromkeys((may(operation), who)):
            answer = fuzzed.loop.run(fuzzed.answer(account, request))
            fuzzed.answers[str(operation), answer.status_code != 401 or not account] += 1
            try:
                case.validate_response(answer, checks=CHECKS)
            except (Failure, FailureGroup) as failure:
                for single in failure.exceptions if isinstance(failure, FailureGroup) else [failure]:
                    key = f"{operation} {answer.status_code} {type(single).__name__}"
                    asking = f"as {account or 'nobody'}: {single}\n{request.url} {request.body!r}\n{answer.text[:300]}"
                    fuzzed.found.setdefault(key, asking)

    with contextlib.suppress(Unsatisfiable):  # nothing invalid can be made of an operation that takes any text
        asked()


def is_its_own(operation: Operation) -> bool:
    """What every service has alike is asked in one of them."""
    return operation.service == INTERFACES[0] or f"{operation.method} {operation.path}" not in MACHINERY


@pytest.mark.parametrize("service", INTERFACES)
def test_no_answer_is_a_surprise(fuzzed: Fuzzed, service: str) -> None:
    document = schemathesis.openapi.from_dict(DOCUMENTS[service])
    operations = [one for one in OPERATIONS if one.service == service and is_its_own(one)]
    for operation in operations:
        described = document[operation.path][operation.method]
        fuzzed.house.clock.advance(MEANWHILE)
        for mode, examples in EXAMPLES.items():
            fuzz(fuzzed, operation, described.as_strategy(generation_mode=mode), examples)
    unheard = [str(one) for one in operations if not fuzzed.answers[str(one), True]]
    assert unheard == [], "everybody was turned away before anything was asked"
    assert fuzzed.found == {}, "\n\n".join(f"{key}\n{sentence}" for key, sentence in fuzzed.found.items())
