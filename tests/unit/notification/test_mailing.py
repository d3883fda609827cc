"""Letters: their states, who gets which, and what must not be able to stop one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from services.notification.digests.listing import LETTER as DIGEST
from services.notification.ids import mailing_id
from services.notification.letters.audience import bodies_to_write_to, letter_to
from services.notification.letters.letter import PRACTICE_LINE, LetterWriter
from services.notification.mailings.answers import MailingAnswer
from services.notification.mailings.mailing import (
    BULK,
    CANARY,
    DELIVERED,
    DUE,
    GONE_WRONG,
    LADDER,
    SENT,
    SKIPPED,
    STATES,
    Mailing,
)
from services.runtime.catalogue import REGISTER
from shared.actor import Actor
from shared.errors import WrongState
from shared.keeping.ids import fact_id
from shared.ports import Record
from shared.register.letters import Letter
from shared.trade.roles import Role
from shared.trade.undelivered import FAILED, NO_SUCH_ADDRESS, NOT_ACCEPTING
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


BY = Actor("w.min", "王敏", "49050001", "/49000001/49050001/", frozenset({Role.BRANCH_OFFICER}))
VERBS: dict[str, tuple[Callable[[Mailing], None], tuple[str, ...], str]] = {
    "send": (lambda letter: letter.send(NOW), (DUE,), SENT),
    "deliver": (lambda letter: letter.deliver(NOW), (SENT,), DELIVERED),
    "put_off": (lambda letter: letter.put_off("452", NOT_ACCEPTING, NOW), (DUE,), DUE),
    "ask_again": (lambda letter: letter.ask_again(NOW), (DUE,), DUE),
    "fail": (lambda letter: letter.fail("550", NO_SUCH_ADDRESS, NOW), (DUE, SENT), NO_SUCH_ADDRESS),
    "skip": (lambda letter: letter.skip("nobody", NOW), (DUE,), SKIPPED),
    "resend": (lambda letter: letter.resend(BY, "new@example.org", NOW), GONE_WRONG, DUE),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    letter, (act, states, to) = mailing(state), VERBS[verb]
    if state in states:
        act(letter)
        assert letter.state == to
        return
    with pytest.raises(WrongState) as caught:
        act(letter)
    assert letter.state == state
    assert Mailing.WORDS.states[state][0] in str(caught.value)


def test_how_a_letter_ended_stands_in_it() -> None:
    sent, failed, skipped = mailing(), mailing(), mailing()
    sent.send(NOW)
    failed.fail("550 no such mailbox", NO_SUCH_ADDRESS, NOW)
    skipped.skip("nobody waits", NOW)
    assert (sent.sent_at, sent.refused_at, sent.refused_because) == (NOW, None, "")
    assert (failed.sent_at, failed.refused_at, failed.refused_because) == (None, NOW, "550 no such mailbox")
    assert (skipped.refused_at, skipped.refused_because) == (NOW, "nobody waits")
    assert [row.key for row in failed.outbox] == ["mailing.failed.v1"]
    assert "example.org" not in failed.outbox[0].wire, "the address stays in the mailing"
    assert skipped.outbox == ()


def test_one_that_was_put_off_comes_again_more_and_more_rarely_for_72_hours() -> None:
    """Its time stands in it, and nothing is asked of the broker meanwhile."""
    letter, now, waits = mailing(), NOW, []
    while letter.state == DUE:
        letter.put_off("452 4.2.2 mailbox full", NOT_ACCEPTING, now)
        if letter.next_at is not None:
            waits.append((letter.next_at - now).total_seconds())
            now = letter.next_at
    assert waits[: len(LADDER)] == list(LADDER)
    assert set(waits[len(LADDER) : -1]) == {LADDER[-1]}
    assert now - NOW == timedelta(hours=72), "the last try is at the very end"
    assert (letter.state, letter.refused_because) == (NOT_ACCEPTING, "452 4.2.2 mailbox full")
    assert [row.key for row in letter.outbox] == ["mailing.failed.v1"]


def test_what_we_ourselves_hold_back_is_no_try() -> None:
    letter = mailing()
    letter.put_off("enough for now", FAILED, NOW + timedelta(milliseconds=300), wait=10)
    assert (letter.tries, letter.first_tried_at, letter.next_at) == (0, None, NOW + timedelta(seconds=11))


def test_a_letter_sent_anew_begins_from_the_beginning() -> None:
    letter = mailing()
    letter.lane = BULK
    letter.put_off("452", NOT_ACCEPTING, NOW)
    letter.fail("550", NO_SUCH_ADDRESS, NOW)
    letter.resend(BY, "new@example.org", NOW)
    assert (letter.to, letter.attempt, letter.tries, letter.next_at) == ("new@example.org", 2, 0, None)
    assert (letter.first_tried_at, letter.refused_at, letter.refused_because) == (None, None, "")
    assert (letter.history[-1].verb, letter.history[-1].by) == ("resend", "w.min")
    assert [row.key for row in letter.outbox] == ["mailing.failed.v1", "mailing.planned.v1.bulk"]


def test_repeats_of_an_attempt_have_one_message_id_and_each_attempt_its_own() -> None:
    letter = mailing()
    assert letter.message_id == "m"
    letter.put_off("452", NOT_ACCEPTING, NOW)
    assert letter.message_id == "m"
    letter.fail("550", NO_SUCH_ADDRESS, NOW)
    letter.resend(BY, letter.to, NOW)
    assert letter.message_id == "m.2"


@pytest.mark.parametrize("state", ["due", "sent", "refused"])
def test_what_earlier_releases_stored_is_read_and_goes_on(state: str) -> None:
    """As release 0.1 wrote it: none of the fields that came later."""
    known = {"letter", "to", "to_name", "body", "path", "subject_of", "fact", "values", "planned_at", "sent_at"}
    body = {name: value for name, value in mailing().as_record().body.items() if name in known}
    letter = Mailing.from_record(Record("m", {**body, "state": state, "refused_because": "550"}))
    shown = MailingAnswer.of(letter)
    assert (shown.state, shown.attempt, shown.tries) == (state, 1, 0)
    match state:
        case "due":
            letter.send(NOW)
        case "sent":
            letter.deliver(NOW)
        case "refused":
            letter.resend(BY, letter.to, NOW)
            assert letter.state == DUE


def test_a_planned_letter_is_noted_once() -> None:
    letter = mailing()
    letter.plan()
    assert [row.key for row in letter.outbox] == ["mailing.planned.v1"]
    assert "example.org" not in letter.outbox[0].wire, "the address stays in the mailing"


def test_every_fact_that_is_heard_makes_a_letter() -> None:
    planning = [queue for queue in TOPOLOGY.queues if queue.makes_letters]
    assert {fact for queue in planning for fact in queue.takes} == set(REGISTER.letters)
    assert {fact.split(".")[0] for fact in REGISTER.letters} == set(REGISTER.titles)


def test_every_letter_has_its_three_files_with_its_owner() -> None:
    named = {letter.name for letters in REGISTER.letters.values() for letter in letters}
    assert named | {CANARY, DIGEST} == set(REGISTER.templates), "the trial letter and the digest are made by no fact"
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
