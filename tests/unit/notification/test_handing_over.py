"""From the plan to the post and on: put off, failed, flagged, sent anew; on a real store, under a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notification.contacts import usecases as contacts
from services.notification.contacts.contact import FLAGGED, IN_ORDER, Contact
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import BULK, DUE, SENT, SKIPPED, Mailing
from services.notification.mailings.requests import Resending
from services.notification.mailings.usecases import resending, resuming
from services.notification.mailings.usecases.delivering import deliver
from services.notification.mailings.usecases.planning import plan_letters
from services.notification.unsubscribing import usecases as unsubscribing
from services.notification.unsubscriptions.secret import token_of
from services.runtime.catalogue import REGISTER
from shared.actor import Actor
from shared.contracts.notification import MailingFailed
from shared.errors import Invalid, NotFound, Unavailable
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import PutOff, every_record
from shared.trade.roles import Role
from shared.trade.undelivered import FAILED, NO_SUCH_ADDRESS, NOT_ACCEPTING
from tests.unit.notification.occasions import (
    BRANCH,
    CENTRE,
    OTHER_BRANCH,
    STATION,
    TREE,
    happened,
    mailings,
    office,
    post_room,
)
from tests.world.hearing import hear_of_body

WRITER = LetterWriter(REGISTER.templates.values())
FULL = PutOff("452 4.2.2 mailbox full", NOT_ACCEPTING)


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    async with post_room(tmp_path) as ports:
        yield ports


def by(body: str = CENTRE) -> Actor:
    return Actor("l.wei", "李伟", body, TREE[body], frozenset({Role.CENTRE_CLERK}))


def asked(ports: Any, body: str = CENTRE) -> Asked:
    return Asked(by(body), ports.clock.now())


async def hand_over(ports: Any, letter: Mailing, answers_to: str = "") -> Mailing:
    await deliver(ports, WRITER, "鉴定中心 <no-reply@jianding.example>", letter.id, answers_to)
    return await repository.load(ports.store, Mailing, letter.id)


async def a_letter(ports: Any, n: int = 1) -> Mailing:
    """To the branch, about a roster of the station."""
    await plan_letters(ports, happened("roster.submitted.v1", n, at_desk=BRANCH))
    return next(one for one in await mailings(ports) if one.fact.endswith(f"{n:010d}"))


async def planned_facts(ports: Any, letter: Mailing) -> int:
    (waiting,) = [one for one in await ports.store.pending(1000) if one.id == letter.id]
    return len([row for row in waiting.rows if row.key.startswith("mailing.planned.v1")])


# --- put off ----------------------------------------------------------------------------------------------------------


async def test_a_letter_that_is_put_off_waits_in_its_document_and_comes_again(ports: Any) -> None:
    ports.mailer.error = FULL
    letter = await hand_over(ports, await a_letter(ports))
    assert (letter.state, letter.tries) == (DUE, 1)
    assert letter.next_at == ports.clock.now() + timedelta(seconds=60)
    ports.mailer.error = None
    await hand_over(ports, letter)
    assert ports.mailer.letters == [], "a message that comes twice changes nothing before the time"
    ports.clock.advance(59)
    assert await resuming.resume(ports.store, ports.clock) == 0
    ports.clock.advance(1)
    assert await resuming.resume(ports.store, ports.clock) == 1
    assert await resuming.resume(ports.store, ports.clock) == 0, "another clock finds nothing to do"
    assert await planned_facts(ports, letter) == 2
    letter = await hand_over(ports, letter)
    assert (letter.state, letter.sent_at) == (SENT, ports.clock.now())
    assert [one["Message-ID"] for one in ports.mailer.letters] == [f"<{letter.id}@jianding.example>"]


async def test_after_72_hours_it_has_failed_and_is_told(ports: Any) -> None:
    ports.mailer.error = FULL
    letter = await hand_over(ports, await a_letter(ports))
    began = ports.clock.now()
    while letter.next_at is not None:
        ports.clock.advance((letter.next_at - ports.clock.now()).total_seconds())
        assert await resuming.resume(ports.store, ports.clock) == 1
        letter = await hand_over(ports, letter)
    assert ports.clock.now() - began == timedelta(hours=72)
    assert (letter.state, letter.refused_because) == (NOT_ACCEPTING, str(FULL))


async def test_what_is_due_again_is_found_by_one_question_however_many_wait_for_later(ports: Any) -> None:
    ports.mailer.error = FULL
    letters = [await hand_over(ports, await a_letter(ports, n)) for n in range(1, 31)]
    for letter in letters[2:]:
        letter.next_at = ports.clock.now() + timedelta(days=1)
        await repository.save(ports.store, letter)
    questions: list[Any] = []
    find = ports.store.find

    async def counted(*given: Any, **more: Any) -> Any:
        questions.append(given)
        return await find(*given, **more)

    ports.store.find = counted
    ports.clock.advance(60)
    assert await resuming.resume(ports.store, ports.clock) == 2
    assert len(questions) == 1


async def test_a_closed_post_costs_a_letter_nothing(ports: Any) -> None:
    ports.mailer.error = Unavailable("connection refused")
    letter = await a_letter(ports)
    with pytest.raises(Unavailable):
        await hand_over(ports, letter)
    letter = await repository.load(ports.store, Mailing, letter.id)
    assert (letter.state, letter.tries, letter.next_at) == (DUE, 0, None)


@pytest.mark.parametrize("to", ["", "office", "office@", "a b@example.org", "a@b@c"])
async def test_a_letter_to_what_is_no_address_has_failed_and_stops_no_queue(ports: Any, to: str) -> None:
    """Releases before took some."""
    letter = await a_letter(ports)
    letter.to = to
    await repository.save(ports.store, letter)
    letter = await hand_over(ports, letter)
    assert (letter.state, ports.mailer.letters) == (NO_SUCH_ADDRESS, [])
    assert "no address" in letter.refused_because


# --- failed, and flagged ----------------------------------------------------------------------------------------------


async def failed(ports: Any, n: int = 1) -> Mailing:
    ports.mailer.refuses = "550 5.1.1 no such mailbox"
    letter = await hand_over(ports, await a_letter(ports, n))
    ports.mailer.refuses = ""
    return letter


async def heard(ports: Any, letter: Mailing) -> Contact | None:
    fact = MailingFailed(
        mailing=letter.id, letter=letter.letter, body=letter.body, path=letter.path, cause=letter.state
    )
    await contacts.heard_of_failure(ports.store, fact)
    return await repository.seek(ports.store, Contact, letter.recipient)


async def test_a_mailbox_that_does_not_exist_is_flagged_until_the_body_has_another(ports: Any) -> None:
    letter = await failed(ports)
    for _ in range(2):
        contact = await heard(ports, letter)
    assert contact is not None
    assert (contact.state, contact.body, contact.email, contact.cause) == (
        FLAGGED,
        BRANCH,
        office(BRANCH),
        NO_SUCH_ADDRESS,
    )
    assert (contact.because, contact.version) == ("550 5.1.1 no such mailbox", 1)
    assert await contacts.count_flagged(ports.store, by()) == 1
    assert await contacts.count_flagged(ports.store, by(OTHER_BRANCH)) == 0
    await contacts.heard_of_body(ports.store, BRANCH)
    assert await contacts.count_flagged(ports.store, by()) == 1, "something else of it was changed"
    await move(ports, BRANCH, "new@example.org")
    await contacts.heard_of_body(ports.store, BRANCH)
    assert await contacts.count_flagged(ports.store, by()) == 0


async def move(ports: Any, code: str, email: str) -> None:
    kind = "copy_body"
    record = await ports.store.get(kind, code)
    record.body["copy"]["email"] = email
    await ports.store.put(kind, record)


async def test_a_failure_at_an_earlier_address_flags_nobody(ports: Any) -> None:
    letter = await failed(ports)
    await move(ports, BRANCH, "new@example.org")
    assert await heard(ports, letter) is None


async def test_what_an_officer_cleared_stays_clear_until_the_next_letter_fails(ports: Any) -> None:
    letter = await failed(ports)
    contact = await heard(ports, letter)
    assert contact is not None
    contact.clear(by(), ports.clock.now())
    await repository.save(ports.store, contact)
    contact = await heard(ports, letter)
    assert contact is not None and contact.state == IN_ORDER, "the same message once more"
    ports.clock.advance(60)
    contact = await heard(ports, await failed(ports, 2))
    assert contact is not None and contact.state == FLAGGED


async def test_a_technical_failure_is_no_fault_of_the_mailbox(ports: Any) -> None:
    letter = await failed(ports)
    letter.state = FAILED
    await repository.save(ports.store, letter)
    assert await heard(ports, letter) is None


# --- the deputy, and the contact ----------------------------------------------------------------------------------------


async def name(ports: Any, **named: str) -> None:
    """The branch has these mailboxes from now on."""
    names = {"name_zh": f"名称{BRANCH}", "name_en": "Branch", "email": office(BRANCH)}
    await hear_of_body(ports.store, BRANCH, TREE[BRANCH], **names, **named)


async def flags(ports: Any) -> dict[str, tuple[str, str]]:
    records = [one async for one in every_record(ports.store, Contact.KIND)]
    found = [Contact.from_record(one) for one in records]
    return {one.id: (one.state, one.email) for one in found}


async def test_a_letter_to_the_deputy_is_a_letter_to_the_body(ports: Any) -> None:
    """Its mailbox is flagged too, by itself, and what failed goes out anew to the deputy of today."""
    await name(ports, deputy_email="zhao@example.org")
    ports.mailer.refuses = "550 5.1.1 no such mailbox"
    await plan_letters(ports, happened("roster.submitted.v1", 1, at_desk=BRANCH))
    planned = await mailings(ports)
    assert {(one.recipient, one.deputy) for one in planned} == {(BRANCH, False), (BRANCH, True)}
    letter = await hand_over(ports, next(one for one in planned if one.deputy))
    await heard(ports, letter)
    assert await flags(ports) == {f"{BRANCH}-deputy": (FLAGGED, "zhao@example.org")}
    assert await contacts.count_flagged(ports.store, by()) == 1
    await heard(ports, await hand_over(ports, next(one for one in planned if not one.deputy)))
    assert len(await flags(ports)) == 2
    assert await contacts.count_flagged(ports.store, by()) == 1, "bodies are counted"
    await name(ports, deputy_email="qian@example.org")
    await contacts.heard_of_body(ports.store, BRANCH)
    assert {id: state for id, (state, _) in (await flags(ports)).items()} == {
        BRANCH: FLAGGED,
        f"{BRANCH}-deputy": IN_ORDER,
    }
    await resending.resend(ports.store, asked(ports), Resending(ids=[letter.id]))
    assert (await repository.load(ports.store, Mailing, letter.id)).to == "qian@example.org"


async def test_the_mailbox_of_a_contact_stays_flagged_while_it_is_the_same(ports: Any) -> None:
    await name(ports, contact_email="wang@example.org")
    await heard(ports, await failed(ports))
    await contacts.heard_of_body(ports.store, BRANCH)
    assert await flags(ports) == {BRANCH: (FLAGGED, "wang@example.org")}
    await name(ports)
    await contacts.heard_of_body(ports.store, BRANCH)
    assert await flags(ports) == {BRANCH: (IN_ORDER, "wang@example.org")}


# --- sent anew --------------------------------------------------------------------------------------------------------


async def test_what_failed_goes_out_anew_to_the_mailbox_of_today(ports: Any) -> None:
    letter = await failed(ports)
    await move(ports, BRANCH, "new@example.org")
    outcome = await resending.resend(ports.store, asked(ports), Resending(ids=[letter.id]))
    assert (outcome.resent, outcome.left, outcome.more) == ([letter.id], [], False)
    again = await resending.resend(ports.store, asked(ports), Resending(ids=[letter.id]))
    assert (again.resent, again.left) == ([], [letter.id]), "a repeat sends nothing twice"
    letter = await hand_over(ports, letter)
    (message,) = ports.mailer.letters
    assert (letter.state, message["To"]) == (SENT, f"名称{BRANCH} <new@example.org>")
    assert message["Message-ID"] == f"<{letter.id}.2@jianding.example>"


async def test_all_of_a_state_go_out_anew_and_those_of_others_do_not(ports: Any) -> None:
    letters = [await failed(ports, n) for n in (1, 2, 3)]
    sent = await hand_over(ports, await a_letter(ports, 4))
    nobody = await resending.resend(ports.store, asked(ports, OTHER_BRANCH), Resending(state="no_such_address"))
    assert nobody.resent == []
    outcome = await resending.resend(ports.store, asked(ports, BRANCH), Resending(state="no_such_address"))
    assert set(outcome.resent) == {one.id for one in letters}
    assert (await repository.load(ports.store, Mailing, sent.id)).state == SENT


async def test_one_out_of_reach_stops_all_and_nothing_is_half_done(ports: Any) -> None:
    letter = await failed(ports)
    for wanted in (Resending(ids=["nowhere", letter.id]), Resending(ids=[letter.id, "nowhere"])):
        with pytest.raises(NotFound):
            await resending.resend(ports.store, asked(ports), wanted)
    with pytest.raises(NotFound):
        await resending.resend(ports.store, asked(ports, OTHER_BRANCH), Resending(ids=[letter.id]))
    for wanted in (Resending(), Resending(ids=[letter.id], state="failed")):
        with pytest.raises(Invalid, match="not both"):
            await resending.resend(ports.store, asked(ports), wanted)
    assert (await repository.load(ports.store, Mailing, letter.id)).state == NO_SUCH_ADDRESS


# --- letters that are no duty -----------------------------------------------------------------------------------------


async def bulletins(ports: Any, n: int = 1) -> dict[str, Mailing]:
    """By address."""
    await plan_letters(ports, happened("bulletin.published.v1", n, body=CENTRE))
    return {one.to: one for one in await mailings(ports) if one.fact.endswith(f"{n:010d}")}


async def test_letters_of_which_there_are_many_go_in_a_lane_of_their_own(ports: Any) -> None:
    await bulletins(ports)
    await a_letter(ports, 2)
    keys = {row.key for one in await ports.store.pending(100) for row in one.rows}
    assert keys == {"mailing.planned.v1", "mailing.planned.v1.bulk"}
    assert {one.lane for one in await mailings(ports) if one.letter == "bulletin-published"} == {BULK}


async def test_whoever_unsubscribed_gets_no_more_of_them_and_all_others(ports: Any) -> None:
    first = (await bulletins(ports))[office(STATION)]
    await hand_over(ports, first)
    (message,) = ports.mailer.letters
    token = token_of(first.id, first.unsubscribe)
    assert message["List-Unsubscribe"] == f"<https://certificates.example.org/notification/unsubscribing/{token}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for _ in range(2):  # mail programs repeat
        await unsubscribing.turn(ports.store, token, False, ports.clock.now())
    second = await bulletins(ports, 2)
    skipped = await hand_over(ports, second[office(STATION)])
    assert skipped.state == SKIPPED
    assert "unsubscribed" in skipped.refused_because
    assert (await hand_over(ports, second[office(BRANCH)])).state == SENT
    await plan_letters(ports, happened("roster.returned.v1", 3, at_desk=STATION))
    duty = next(one for one in await mailings(ports) if one.letter == "returned")
    assert (await hand_over(ports, duty)).state == SENT
    assert "List-Unsubscribe" not in ports.mailer.letters[-1]
    await unsubscribing.turn(ports.store, token, True, ports.clock.now())
    assert (await hand_over(ports, (await bulletins(ports, 4))[office(STATION)])).state == SENT


async def test_nobody_unsubscribes_without_the_letter(ports: Any) -> None:
    letter, duty = (await bulletins(ports))[office(STATION)], await a_letter(ports, 2)
    for token in ("", ".", f"{letter.id}.", f"{letter.id}.x", f"{duty.id}.", f"nowhere.{letter.unsubscribe}", "中.文"):
        with pytest.raises(NotFound):
            await unsubscribing.turn(ports.store, token, False, ports.clock.now())
    assert [one async for one in every_record(ports.store, "unsubscription")] == []


# --- answers ----------------------------------------------------------------------------------------------------------


async def test_an_answer_goes_to_the_office_that_the_letter_is_about(ports: Any) -> None:
    await hand_over(ports, await a_letter(ports))  # to the branch, about the station
    await plan_letters(ports, happened("roster.returned.v1", 2, at_desk=STATION))
    own = next(one for one in await mailings(ports) if one.letter == "returned")
    await hand_over(ports, own)  # to the station about itself: whoever is right above it answers
    await hand_over(ports, await a_letter(ports, 3), "help@example.org")
    assert [one["Reply-To"] for one in ports.mailer.letters] == [office(STATION), office(BRANCH), "help@example.org"]


async def test_a_body_that_nobody_knows_is_answered_by_nobody(ports: Any) -> None:
    letter = await a_letter(ports)
    letter.body, letter.path = "49999999", "/49999999/"
    await repository.save(ports.store, letter)
    await hand_over(ports, letter)
    assert "Reply-To" not in ports.mailer.letters[0]
