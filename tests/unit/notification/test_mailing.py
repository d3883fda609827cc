"""Letters: their states, who gets which, and what must not be able to stop one."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from services.notification.digests.listing import LETTER as DIGEST
from services.notification.ids import mailing_id
from services.notification.letters.audience import bodies_to_write_to, letter_to
from services.notification.letters.letter import PRACTICE_LINE, LetterWriter
from services.notification.mailings.mailing import DUE, REFUSED, SENT, STATES, Mailing
from services.runtime.catalogue import REGISTER
from shared.errors import WrongState
from shared.keeping.ids import fact_id
from shared.register.letters import Letter
from tests.world.topology import TOPOLOGY

WRITER = LetterWriter(REGISTER.templates.values())
NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)


def mailing(state: str = DUE) -> Mailing:
    return Mailing(
        id="m",
        state=state,
        letter="approved",
        to="office@example.org",
        to_name="示例站",
        body="49053012",
        path="/49000001/49053012/",
        subject_of="49053012-2026-001",
        fact="/reporting/roster/x#0000000003",
        values={},
        planned_at=NOW,
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["send", "refuse"])
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    letter = mailing(state)
    if state != DUE:
        with pytest.raises(WrongState):
            letter.send(NOW) if verb == "send" else letter.refuse("550", NOW)
        assert letter.state == state
        return
    letter.send(NOW) if verb == "send" else letter.refuse("550 no such mailbox", NOW)
    assert letter.state == (SENT if verb == "send" else REFUSED)
    assert (letter.sent_at, letter.refused_at) == ((NOW, None) if verb == "send" else (None, NOW))
    assert letter.refused_because == ("" if verb == "send" else "550 no such mailbox")


def test_a_planned_letter_is_noted_once() -> None:
    letter = mailing()
    letter.plan()
    assert [row.key for row in letter.outbox] == ["mailing.planned.v1"]
    assert "example.org" not in letter.outbox[0].wire, "the address stays in the mailing"


def test_every_fact_that_is_heard_makes_a_letter() -> None:
    (plan,) = [queue for queue in TOPOLOGY.queues if queue.name == "notification.plan"]
    assert set(plan.takes) == set(REGISTER.letters)
    assert {fact.split(".")[0] for fact in REGISTER.letters} == set(REGISTER.titles)


def test_every_letter_has_its_three_files_with_its_owner() -> None:
    named = {letter.name for letters in REGISTER.letters.values() for letter in letters}
    assert named | {DIGEST} == set(REGISTER.templates)
    for name, folder in REGISTER.templates.items():
        assert {path.name for path in folder.iterdir()} == {"subject.txt", "zh.txt", "en.txt"}, name


@pytest.mark.parametrize(
    ("fact", "data", "wanted"),
    [
        ("roster.submitted.v1", {"at_desk": "B"}, [("awaiting-review", "B")]),
        ("roster.endorsed.v1", {"at_desk": "C"}, [("awaiting-review", "C")]),
        ("roster.returned.v1", {"at_desk": "S"}, [("returned", "S")]),
        ("roster.approved.v1", {"body": "S", "producer": "B"}, [("approved", "S"), ("production-order", "B")]),
        ("annual_plan.approved.v1", {"body": "S"}, [("approved", "S")]),
        ("annual_plan.due.v1", {"body": "S"}, [("annual-plan-due", "S")]),
        (
            "certificates.ready.v1",
            {"body": "S", "producer": "B"},
            [("certificates-ready", "B"), ("certificates-made", "S")],
        ),
        ("certificates.mailed.v1", {"body": "S", "producer": "B"}, [("certificates-mailed", "S")]),
        ("certificates.voided.v1", {"body": "S", "producer": "B"}, [("certificates-voided", "S")]),
        (
            "body.standing_changed.v1",
            {"body": "S", "above": "B"},
            [("standing-changed", "S"), ("standing-changed", "B")],
        ),
        ("body.standing_changed.v1", {"body": "S", "above": "B", "sanction": "s"}, []),
        ("training.due.v1", {"body": "S", "account": "reference"}, []),
    ],
)
def test_who_is_written_to(fact: str, data: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    letters = REGISTER.letters[fact]
    assert [(letter.name, code) for letter, code in bodies_to_write_to(letters, data)] == wanted
    to_holders = {
        "certificates.mailed.v1": "certificate-on-its-way",
        "certificates.voided.v1": "certificate-not-issued",
    }
    assert named(letter_to(letters, "holders")) == to_holders.get(fact)
    assert named(letter_to(letters, "account")) == ("training-due" if fact == "training.due.v1" else None)


def named(letter: Letter | None) -> str | None:
    return letter.name if letter else None


def test_one_key_for_one_letter() -> None:
    fact = fact_id("/reporting", "roster", "r", 3)
    id = mailing_id(fact, "approved", "Office@Example.org")
    assert id == mailing_id(fact, "approved", "office@example.ORG")
    others = [
        mailing_id(fact_id("/reporting", "roster", "r", 4), "approved", "office@example.org"),
        mailing_id(fact, "returned", "office@example.org"),
        mailing_id(fact, "approved", "office2@example.org"),
    ]
    assert len({id, *others}) == 4


VALUES = {
    "title_zh": "鉴定合格人员名册",
    "title_en": "Roster",
    "id": "49053012-2026-001",
    "unit_zh": "示例站",
    "unit_en": "Station",
    "site": "https://example.org",
    "to_zh": "示例中心",
    "body": "49053012",
    "at_desk": "49053012",
    "reason": "<b>核对</b> & {{ 7*7 }}",
    "roster": "49053012-2026-001",
}


def composed() -> Any:
    ready = WRITER.compose(
        mailing="0c9c1c1e",
        letter="returned",
        values=VALUES,
        to_name='=SUM(1) "示例", 站',
        to="office@example.org",
        sender="鉴定中心 <no-reply@jianding.example>",
        at=NOW,
    )
    return message_from_bytes(ready.content, policy=default)


def test_a_repeat_is_the_same_letter() -> None:
    first, second = composed(), composed()
    assert first["Message-ID"] == second["Message-ID"] == "<0c9c1c1e@jianding.example>"
    assert first["Date"] == second["Date"] == "Fri, 03 Apr 2026 17:00:00 +0800"
    assert first["Auto-Submitted"] == "auto-generated"


def test_what_people_typed_stays_text() -> None:
    message = composed()
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    assert "<b>核对</b>" not in html
    assert "&lt;b&gt;核对&lt;/b&gt;" in html
    assert "{{ 7*7 }}" in text
    assert message["To"].addresses[0].display_name == '=SUM(1) "示例", 站'
    assert [address.addr_spec for address in message["To"].addresses] == ["office@example.org"]


def test_a_letter_about_practice_says_so_first() -> None:
    practised, plain = WRITER.render("returned", {**VALUES, "training": True}), WRITER.render("returned", VALUES)
    assert [subject.startswith("【培训 Training】") for subject in (practised[0], plain[0])] == [True, False]
    for part, other in zip(practised[1:], plain[1:], strict=True):
        assert PRACTICE_LINE in part
        assert "培训模式" not in other


@pytest.mark.parametrize(("days_left", "said"), [(30, "还有 30 天"), (0, "今天到期"), (-3, "已到期 3 天")])
def test_the_reminder_says_the_days_that_are_left(days_left: int, said: str) -> None:
    values = {**VALUES, "due_on": "2028-04-03", "days_left": days_left, "training_url": "https://example.org/t"}
    subject, text, html = WRITER.render("training-due", values)
    assert subject.startswith(said)
    assert all(
        "2028年4月3日" in part and "3 April 2028" in part and "https://example.org/t" in part for part in (text, html)
    )


def test_a_missing_value_is_an_error_and_no_empty_place() -> None:
    values = {name: value for name, value in VALUES.items() if name != "reason"}
    with pytest.raises(Exception, match="reason"):
        WRITER.render("returned", values)
