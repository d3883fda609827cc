"""What leaves the directory: named field by field, explained in Chinese first; a list says what it leaves out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.directory.accounts.account import Account
from services.directory.bodies.body import Body
from services.directory.persons.person import RegisteredPerson
from services.directory.signing_keys.signing_key import SigningKey
from services.directory.trainings.training_record import TrainingRecord
from shared.ports import Record
from tests.rules.test_access import APPS
from tests.world.house import House
from tests.world.seeding import CLERK

CHINESE_FIRST = re.compile(r"[\u4e00-\u9fff].* · ", re.DOTALL)
SHARED = re.compile(r"Problem|HTTPValidation|ValidationError|WindUp|Effect|Parked|Discard|Listing|Audit")
"""What every service shows alike: described where it is made."""


def described() -> list[tuple[str, str]]:
    """(field, its description) of everything that the directory's own requests and answers hold."""
    schemas: dict[str, Any] = APPS["directory"].openapi()["components"]["schemas"]
    return [
        (f"{name}.{field}", str(known.get("description", "")))
        for name, schema in schemas.items()
        if not SHARED.search(name)
        for field, known in schema.get("properties", {}).items()
    ]


def test_every_field_is_described_in_chinese_first() -> None:
    assert len(described()) > 100
    assert [field for field, description in described() if not CHINESE_FIRST.match(description)] == []


def test_every_answer_has_a_shape() -> None:
    untyped = [
        f"{method} {path}"
        for path, methods in APPS["directory"].openapi()["paths"].items()
        for method, operation in methods.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for content in answer.get("content", {}).values()
        if not content.get("schema")
    ]
    assert untyped == []


@pytest.mark.parametrize(
    ("noun", "bookkeeping"),
    [
        (Account, {"request", "password_hash", "failures", "lock_told_at", "resets_asked", "ended_at"}),
        (Body, {"request", "told"}),
        (RegisteredPerson, {"request"}),
        (TrainingRecord, {"request", "requests", "marked"}),
        (SigningKey, {"request", "jwk", "n"}),
    ],
)
def test_what_is_not_shown(noun: Any, bookkeeping: set[str]) -> None:
    """Whoever adds a field to a document decides whether it is shown, and says so here or in the answer."""
    answers = {
        Account: "AccountAnswer",
        Body: "BodyAnswer",
        RegisteredPerson: "PersonAnswer",
        TrainingRecord: "TrainingRecordAnswer",
        SigningKey: "SigningKeyAnswer",
    }
    shown = set(APPS["directory"].openapi()["components"]["schemas"][answers[noun]]["properties"])
    stored = {field.serialization_alias or name for name, field in noun.model_fields.items()}
    assert stored - shown == bookkeeping


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/directory/accounts", Account.KIND),
        ("/directory/bodies", Body.KIND),
        ("/directory/persons", RegisteredPerson.KIND),
        ("/directory/persons?occupation=6-04-01-01&level=4", RegisteredPerson.KIND),
        ("/directory/training-records", Account.KIND),
    ],
)
async def test_what_cannot_be_read_hides_nothing_else(bare_house: House, path: str, kind: str) -> None:
    clerk = bare_house.person(CLERK)
    before = await clerk.get(path)
    broken = Record("broken", {"path": "/49000001/", "state": "active", "body": "49000001"})
    await bare_house.stores["directory"].add(kind, broken)
    after = await clerk.get(path)
    assert (after["items"], after["left_out"]) == (before["items"], ["broken"])


async def test_a_training_record_that_cannot_be_read(bare_house: House) -> None:
    clerk, store = bare_house.person(CLERK), bare_house.stores["directory"]
    await store.add(TrainingRecord.KIND, Record(CLERK, {"state": "valid"}))
    page = await clerk.get("/directory/training-records")
    assert page["left_out"] == [CLERK]
