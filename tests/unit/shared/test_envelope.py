"""Reading an envelope: its shape, its parts among each other, and who may say what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.runtime.catalogue import REGISTER
from shared import contracts
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import LARGEST_READ, LARGEST_SEQUENCE, Envelope
from shared.errors import Unreadable

EXAMPLES = sorted((Path(contracts.__file__).parent / "examples").glob("*.json"))
REGISTERED = json.loads((EXAMPLES[0].parent / "body.registered.v1.json").read_text(encoding="utf-8"))


def changed(**parts: Any) -> bytes:
    return json.dumps({**REGISTERED, **parts}).encode()


def numbered(sequence: str) -> bytes:
    return changed(sequence=sequence, id=f"/directory/body/{REGISTERED['subject']}#{sequence}")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_message_ever_published_is_still_read(example: Path) -> None:
    Envelope.read(example.read_bytes(), REGISTER.owners)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_no_service_is_believed_what_another_one_owns(example: Path) -> None:
    told = json.loads(example.read_text(encoding="utf-8"))
    owner = told["source"].removeprefix("/")
    for service in (*REGISTER.services, "nobody", "parking"):
        forged = {**told, "source": f"/{service}", "id": told["id"].replace(f"/{owner}/", f"/{service}/", 1)}
        if service == owner:
            continue
        Envelope.read(json.dumps(forged))
        with pytest.raises(Unreadable, match="does not write about"):
            Envelope.read(json.dumps(forged), REGISTER.owners)


@pytest.mark.parametrize("sequence", [1, LARGEST_SEQUENCE])
def test_sequences(sequence: int) -> None:
    assert Envelope.read(numbered(f"{sequence:010d}")).sequence == f"{sequence:010d}"


@pytest.mark.parametrize(
    "wire",
    [
        numbered("0000000000"),
        numbered(f"{LARGEST_SEQUENCE + 1:010d}"),
        numbered("9999999999"),
        numbered("1"),
        numbered("٠٠٠٠٠٠٠٠٠١"),
        changed(sequence="0000000002"),
        changed(subject="49053013"),
        changed(source="/plan"),
        changed(id="/directory/body/49053012#0000000001x"),
        changed(id="x/directory/body/49053012#0000000001"),
        changed(id="/directory/49053012#0000000001"),
        changed(subject="s" * 600, id=f"/directory/body/{'s' * 600}#0000000001"),
        changed(type="cn.jianding.body.registered.v١"),
        changed(time="2026-04-03T04:00:00"),
        changed(time=1e300),
        changed(data=[]),
        changed(data="\ud800"),
        changed(padding="x" * LARGEST_READ),
        b"[" * 100_000,
        b"\xff",
        b"",
    ],
    ids=lambda wire: wire[:40] + wire[-40:],
)
def test_what_is_no_event_of_ours(wire: bytes) -> None:
    with pytest.raises(Unreadable, match="not an event") as refused:
        Envelope.read(wire)
    assert len(str(refused.value)) < 300, "it says what is wrong, not what was in it"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_written_is_what_is_read(example: Path) -> None:
    envelope = Envelope.read(example.read_bytes())
    assert Envelope.read(envelope.wire()) == envelope


@pytest.mark.parametrize(
    ("wire", "where"),
    [
        (b"", "the message"),
        (b"[]", "the message"),
        (changed(data=[]), "data"),
        (changed(sequence="1"), "sequence"),
        (changed(sequence="1", time="yesterday"), "time"),
    ],
)
def test_where_it_is_wrong_is_said(wire: bytes, where: str) -> None:
    with pytest.raises(Unreadable, match=f"· not an event: {where}: "):
        Envelope.read(wire)


def test_data_that_does_not_follow_the_contract_is_told_without_its_content() -> None:
    data = {**REGISTERED["data"], "added_later": "by a newer release"}
    assert BodyRegistered.from_data(data).body == REGISTERED["data"]["body"]
    with pytest.raises(
        Unreadable, match=r"^消息内容不符合约定 · body\.registered\.v1: 2 fields do not follow the contract$"
    ):
        BodyRegistered.from_data({**data, "body": ["张三"], "path": None})


def test_how_long_an_id_may_be() -> None:
    subject = "s" * (500 - len("/directory/body/#0000000001"))
    for longer, readable in (("", True), ("s", False)):
        wire = changed(subject=subject + longer, id=f"/directory/body/{subject}{longer}#0000000001")
        if readable:
            assert len(Envelope.read(wire).id) == 500
            continue
        with pytest.raises(Unreadable, match="longer than 500"):
            Envelope.read(wire)
