"""Who gets a letter because of a fact: exactly these, each once. Planned on a real store; what the directory and the
certificate service answer is written by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from services.notification.declares import KINDS
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import SENT, SKIPPED, Mailing
from services.notification.mailings.usecases.delivering import deliver
from services.notification.mailings.usecases.planning import plan_letters
from services.runtime.catalogue import REGISTER
from shared.contracts.directory import Addressee
from shared.contracts.words import LEVEL_NAMES
from shared.errors import NotYet, Unavailable
from shared.keeping import repository
from shared.ports import every_record
from shared.trade.practice import twin, twin_path
from shared.trade.undelivered import NO_SUCH_ADDRESS
from tests.unit.notification.occasions import (
    BRANCH,
    CENTRE,
    DIRECT,
    HOLDERS,
    OTHER_BRANCH,
    SOMEBODY,
    STATION,
    TREE,
    happened,
    mailings,
    office,
    post_room,
    relayed,
)
from tests.world.hearing import hear_of_body


def to_offices(letter: str, *codes: str) -> list[tuple[str, str]]:
    return [(letter, office(code)) for code in codes]


WANTED: dict[str, list[tuple[str, str]]] = {
    "account.locked.v1": [("account-locked", SOMEBODY)],
    "account.reset_requested.v1": [("account-reset", SOMEBODY)],
    "annual_plan.amended.v1": to_offices("annual-plan-amended", BRANCH),
    "annual_plan.approved.v1": to_offices("approved", STATION),
    "annual_plan.discarded.v1": [],  # never handed in, so nobody above knew of it
    "annual_plan.due.v1": to_offices("annual-plan-due", STATION),
    "annual_plan.endorsed.v1": to_offices("awaiting-review", CENTRE),
    "annual_plan.returned.v1": to_offices("returned", STATION),
    "annual_plan.submitted.v1": to_offices("awaiting-review", BRANCH),
    "annual_plan.withdrawn.v1": to_offices("withdrawn", BRANCH),
    "directory_duty.marked.v1": [*to_offices("duty-overdue", STATION), *to_offices("duty-overdue-below", BRANCH)],
    "body.standing_changed.v1": to_offices("standing-changed", STATION, BRANCH),
    "bulletin.corrected.v1": to_offices("bulletin-corrected", BRANCH, OTHER_BRANCH, STATION, DIRECT),
    "bulletin.published.v1": to_offices("bulletin-published", BRANCH, OTHER_BRANCH, STATION, DIRECT),
    "certificate_duty.marked.v1": [*to_offices("duty-overdue", BRANCH), *to_offices("duty-overdue-below", CENTRE)],
    "certificates.mailed.v1": [
        *to_offices("certificates-mailed", STATION),
        *(("certificate-on-its-way", address) for address in HOLDERS),
    ],
    "certificates.ready.v1": [*to_offices("certificates-ready", BRANCH), *to_offices("certificates-made", STATION)],
    "certificates.voided.v1": [
        *to_offices("certificates-voided", STATION),
        *(("certificate-not-issued", address) for address in HOLDERS),
    ],
    "inspection.closed.v1": to_offices("inspection-closed", STATION),
    "inspection.performed.v1": to_offices("inspection-performed", STATION),
    "plan_duty.marked.v1": [*to_offices("duty-overdue", STATION), *to_offices("duty-overdue-below", BRANCH)],
    "production.received.v1": to_offices("parcel-differs", BRANCH),
    "roster_duty.marked.v1": [*to_offices("duty-overdue", STATION), *to_offices("duty-overdue-below", BRANCH)],
    "roster.approved.v1": [*to_offices("approved", STATION), *to_offices("production-order", BRANCH)],
    "roster.discarded.v1": [],
    "webhook.failing.v1": to_offices("webhook-failing", BRANCH),
    "roster.endorsed.v1": to_offices("awaiting-review", CENTRE),
    "roster.returned.v1": to_offices("returned", BRANCH),  # one step, from the Centre to the branch
    "roster.submitted.v1": to_offices("awaiting-review", BRANCH),
    "roster.withdrawn.v1": to_offices("withdrawn", BRANCH),
    "sanction.carried_out.v1": to_offices("revocation-carried-out", CENTRE),
    "sanction.confirmed.v1": to_offices("sanction-confirmed", STATION, BRANCH),
    "sanction.lifted.v1": to_offices("sanction-lifted", STATION, BRANCH),
    "sanction.proposed.v1": to_offices("sanction-waits", CENTRE),
    "sanction.seconded.v1": to_offices("sanction-waits", CENTRE),
    "session_plan.approved.v1": to_offices("approved", STATION),
    "session_plan.cancelled.v1": to_offices("session-cancelled", STATION, BRANCH, CENTRE),
    "session_plan.discarded.v1": [],
    "session_plan.endorsed.v1": to_offices("awaiting-review", CENTRE),
    "session_plan.postponed.v1": to_offices("session-postponed", STATION, BRANCH),
    "session_plan.returned.v1": to_offices("returned", STATION),
    "session_plan.submitted.v1": to_offices("awaiting-review", BRANCH),
    "session_plan.withdrawn.v1": to_offices("withdrawn", BRANCH),
    "supervision_duty.marked.v1": [*to_offices("duty-overdue", STATION), *to_offices("duty-overdue-below", BRANCH)],
    "training.due.v1": [("training-due", SOMEBODY)],
    "violation.confirmed.v1": to_offices("violation-confirmed", STATION, BRANCH),
    "work_report.approved.v1": to_offices("approved", STATION),
    "work_report.discarded.v1": [],
    "work_report.due.v1": to_offices("work-report-due", STATION),
    "work_report.endorsed.v1": to_offices("awaiting-review", CENTRE),
    "work_report.returned.v1": to_offices("returned", STATION),
    "work_report.submitted.v1": to_offices("awaiting-review", BRANCH),
    "work_report.withdrawn.v1": to_offices("withdrawn", BRANCH),
}
"""By hand: what happened, and to whom which letter goes, for the published example of the fact."""


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    async with post_room(tmp_path) as room:
        yield room


async def written(ports: Any) -> list[tuple[str, str]]:
    return sorted((one.letter, one.to) for one in await mailings(ports))


def test_every_fact_that_makes_letters_is_in_the_table() -> None:
    assert set(WANTED) == set(REGISTER.letters)


@pytest.mark.parametrize("fact", sorted(WANTED))
async def test_exactly_these_are_written_to(ports: Any, fact: str) -> None:
    """And a letter says everything its text asks for."""
    for _ in range(2):  # a repeat of the message plans nothing more
        await plan_letters(cast(Any, ports), happened(fact))
        assert await written(ports) == sorted(WANTED[fact])
    for mailing in await mailings(ports):
        if mailing.letter != "account-reset":  # which needs its link, see below
            assert LetterWriter(REGISTER.templates.values()).render(mailing.letter, mailing.values)


async def test_a_sanction_is_told_in_a_letter_of_its_own(ports: Any) -> None:
    await plan_letters(ports, happened("body.standing_changed.v1", sanction="s"))
    assert await written(ports) == []


@pytest.mark.parametrize("noun", ["annual_plan", "session_plan", "roster", "work_report"])
async def test_a_draft_that_was_handed_in_before_is_given_up_before_the_eyes_of_the_office_above(
    ports: Any, noun: str
) -> None:
    await plan_letters(ports, happened(f"{noun}.discarded.v1", desk_before=BRANCH))
    assert await written(ports) == to_offices("discarded", BRANCH)
    (letter,) = await mailings(ports)
    assert LetterWriter(REGISTER.templates.values()).render(letter.letter, letter.values)


async def test_where_there_is_no_branch_nobody_stands_in_for_it(ports: Any) -> None:
    told = happened("sanction.confirmed.v1", body=DIRECT, path=TREE[DIRECT], branch=None)
    await plan_letters(ports, told)
    assert await written(ports) == to_offices("sanction-confirmed", DIRECT)


async def test_the_bulletin_of_a_branch_would_go_to_its_stations_only(ports: Any) -> None:
    await plan_letters(ports, happened("bulletin.published.v1", body=BRANCH, path=TREE[BRANCH]))
    assert await written(ports) == to_offices("bulletin-published", STATION)
    (letter,) = await mailings(ports)
    assert (letter.body, letter.path) == (STATION, TREE[STATION]), "its own officers see it"


async def test_other_letters_lie_with_the_body_concerned(ports: Any) -> None:
    await plan_letters(ports, happened("roster.submitted.v1"))
    (letter,) = await mailings(ports)
    assert (letter.to_name, letter.body, letter.path) == (f"名称{BRANCH}", STATION, TREE[STATION])
    assert letter.planned_at == ports.clock.now()


async def test_a_letter_names_things_in_both_languages(ports: Any) -> None:
    await plan_letters(ports, happened("body.standing_changed.v1"))
    said = (await mailings(ports))[0].values
    assert (said["state_zh"], said["state_en"]) == ("限期整改", "rectifying")
    assert (said["unit_zh"], said["unit_en"]) == (f"名称{STATION}", f"Name {STATION}")
    await plan_letters(ports, happened("certificates.mailed.v1"))
    (to_holder,) = [one.values for one in await mailings(ports) if one.to == HOLDERS[0]]
    assert (to_holder["level_zh"], to_holder["level_en"]) == LEVEL_NAMES[4]
    assert (to_holder["producer_zh"], to_holder["producer_en"]) == (f"名称{BRANCH}", f"Name {BRANCH}")


@pytest.mark.parametrize(("trigger", "said"), [("paper_leak", "试卷泄密"), ("of_a_later_release", "详见系统记载")])
async def test_a_violation_is_named_in_words(ports: Any, trigger: str, said: str) -> None:
    await plan_letters(ports, happened("violation.confirmed.v1", trigger=trigger))
    (letter, _) = await mailings(ports)
    assert letter.values["trigger_zh"] == said


@pytest.mark.parametrize("fact", ["sanction.proposed.v1", "sanction.seconded.v1"])
async def test_a_proposal_lies_with_the_centre_and_names_nobody(ports: Any, fact: str) -> None:
    """Officers find letters by the place of the body that they lie with: the one concerned may not know yet."""
    await plan_letters(ports, happened(fact))
    (letter,) = await mailings(ports)
    assert (letter.body, letter.path) == (CENTRE, TREE[CENTRE])
    assert STATION not in letter.model_dump_json() and BRANCH not in letter.model_dump_json()


CONTACT = {"contact_name": "王芳", "contact_email": "wang@office.example.org"}
DEPUTY = {"deputy_name": "赵强", "deputy_email": "zhao@office.example.org"}


@pytest.mark.parametrize(
    ("named", "to"),
    [
        (CONTACT, [("王芳", "wang@office.example.org")]),
        (CONTACT | DEPUTY, [("王芳", "wang@office.example.org"), ("赵强", "zhao@office.example.org")]),
        (DEPUTY, [("名称49050001", office(BRANCH)), ("赵强", "zhao@office.example.org")]),
        ({"deputy_name": "赵强", "deputy_email": office(BRANCH).upper()}, [("名称49050001", office(BRANCH))]),
    ],
)
async def test_letters_go_to_the_contact_and_to_the_deputy(
    ports: Any, named: dict[str, str], to: list[tuple[str, str]]
) -> None:
    names = {"name_zh": f"名称{BRANCH}", "name_en": "Branch", "email": office(BRANCH)}
    await hear_of_body(ports.store, BRANCH, TREE[BRANCH], **names, **named)
    for _ in range(2):
        await plan_letters(ports, happened("roster.submitted.v1"))
    planned = sorted(await mailings(ports), key=lambda one: one.to_name)
    assert [(one.to_name, one.to) for one in planned] == sorted(to)
    assert {one.values["to_zh"] for one in planned} == {f"名称{BRANCH}"}, "the letter itself is to the office"


async def test_a_contact_who_is_named_between_two_attempts_gets_no_second_letter(ports: Any) -> None:
    await plan_letters(ports, happened("roster.submitted.v1"))
    names = {"name_zh": f"名称{BRANCH}", "name_en": "Branch", "email": office(BRANCH)}
    await hear_of_body(ports.store, BRANCH, TREE[BRANCH], **names, **CONTACT)
    await plan_letters(ports, happened("roster.submitted.v1"))
    assert await written(ports) == to_offices("awaiting-review", BRANCH)


async def test_a_letter_waits_for_the_registration_of_whom_it_goes_to(ports: Any) -> None:
    with pytest.raises(NotYet, match="49999999"):
        await plan_letters(ports, happened("roster.submitted.v1", at_desk="49999999"))
    assert await written(ports) == []


TRAINING = {"what": "training", "account": "5d4f8a1e-9a3c-4c51-8f0e-2b6a7d1c9e30", "above": None}


async def test_a_duty_of_a_person_is_told_to_the_person_alone(ports: Any) -> None:
    """Not to the body, nor to the office above once it is overdue."""
    for told in ({"ahead": True, "overdue": False, "days_left": 3}, {"above": BRANCH}):
        await plan_letters(ports, happened("directory_duty.marked.v1", **{**TRAINING, **told}))
        assert await written(ports) == [("training-due", SOMEBODY)]


async def test_a_duty_about_people_says_how_many(ports: Any) -> None:
    await plan_letters(ports, happened("directory_duty.marked.v1", what="examiner_card", people=3, above=None))
    (letter,) = await mailings(ports)
    subject, text, _ = LetterWriter(REGISTER.templates.values()).render(letter.letter, letter.values)
    assert "续聘或注销（3 人）" in subject and "(3 persons)" in text


@pytest.mark.parametrize("fact", ["training.due.v1", "directory_duty.marked.v1"])
async def test_who_closed_the_account_meanwhile_gets_no_letter(ports: Any, fact: str) -> None:
    ports.neighbours.person = Addressee(name="张三", email="")
    await plan_letters(ports, happened(fact, **(TRAINING if fact == "directory_duty.marked.v1" else {})))
    assert await written(ports) == []


# --- holders, be there ever so many ---------------------------------------------------------------------------------------


def many(count: int) -> list[str]:
    return [f"holder-{n}@example.org" for n in range(count)]


TO_HOLDERS = {
    "certificates.mailed.v1": ("certificates-mailed", "certificate-on-its-way"),
    "certificates.voided.v1": ("certificates-voided", "certificate-not-issued"),
}
"""Fact → the letter to the station, and the one to each holder."""


async def to_holders(ports: Any, fact: str) -> Counter[str]:
    return Counter(to for letter, to in await written(ports) if letter == TO_HOLDERS[fact][1])


@pytest.mark.parametrize("fact", TO_HOLDERS)
@pytest.mark.parametrize("count", [0, 1, 500, 501, 1203])
async def test_every_holder_is_written_to_once(ports: Any, fact: str, count: int) -> None:
    ports.neighbours.holders = many(count)
    await relayed(ports, plan_letters(ports, happened(fact)))
    assert await to_holders(ports, fact) == Counter(many(count))


@pytest.mark.parametrize("fact", TO_HOLDERS)
async def test_who_was_not_reached_before_the_neighbour_broke_off_is_reached_by_the_repeat(
    ports: Any, fact: str
) -> None:
    ports.neighbours.holders, ports.neighbours.breaks_after = many(1203), 1
    with pytest.raises(Unavailable):
        await relayed(ports, plan_letters(ports, happened(fact)))
    assert sum((await to_holders(ports, fact)).values()) == 500
    ports.neighbours.breaks_after = None
    await relayed(ports, plan_letters(ports, happened(fact)))
    assert await to_holders(ports, fact) == Counter(many(1203))


async def test_who_waits_for_a_certificate_that_will_not_come_is_told_why_and_whom_to_ask(ports: Any) -> None:
    await plan_letters(ports, happened("certificates.voided.v1"))
    (mailing,) = [one for one in await mailings(ports) if one.to == HOLDERS[0]]
    subject, text, html = LetterWriter(REGISTER.templates.values()).render(mailing.letter, mailing.values)
    assert subject.startswith("您的职业资格证书未能核发")
    for said in (text, html):
        assert "取消鉴定资质" in said and "不是您的过错" in said and "2649053012400001" in said
        assert f"名称{CENTRE}" in said and office(CENTRE) in said
        assert "/certificate/v/" not in said, "there is nothing to verify"
    chinese = text[: text.index("You passed")]
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(chinese.replace(office(CENTRE), "")), "wholly Chinese first"


@pytest.mark.parametrize("fact", TO_HOLDERS)
async def test_whoever_stands_in_a_practice_roster_gets_no_letter(ports: Any, fact: str) -> None:
    practised = happened(fact, body=twin(STATION), path=twin_path(TREE[STATION]), producer=twin(BRANCH))
    await plan_letters(ports, practised)
    assert await written(ports) == to_offices(TO_HOLDERS[fact][0], twin(STATION))
    (letter,) = await mailings(ports)
    assert letter.values["training"] is True


# --- the link to a new password -------------------------------------------------------------------------------------------

SECRET = "opens-the-account"
LINK = f"https://certificates.example.org/directory/reset?token={SECRET}"


async def reset_letter(ports: Any) -> Mailing:
    ports.neighbours.person = Addressee(name="张三", email=SOMEBODY, link=LINK)
    await plan_letters(ports, happened("account.reset_requested.v1"))
    (letter,) = await mailings(ports)
    assert SECRET not in await stored_text(ports), "not even while it waits for the post"
    return letter


async def handed_over(ports: Any, letter: Mailing) -> Mailing:
    await deliver(ports, LetterWriter(REGISTER.templates.values()), "鉴定中心 <no-reply@jianding.example>", letter.id)
    return await repository.load(ports.store, Mailing, letter.id)


async def stored_text(ports: Any) -> str:
    """Everything that is stored, unsent facts included."""
    kinds = [record for kind in KINDS async for record in every_record(ports.store, kind.name)]
    return json.dumps([record.body for record in kinds]) + str(await ports.store.pending(1000))


async def test_the_link_stands_in_the_letter_and_nowhere_after_it(ports: Any) -> None:
    sent = await handed_over(ports, await reset_letter(ports))
    assert (sent.state, sent.sent_at) == (SENT, ports.clock.now())
    (letter,) = ports.mailer.letters
    assert all(LINK in letter.get_body((part,)).get_content() for part in ("plain", "html"))
    assert SECRET not in await stored_text(ports)


async def test_a_refused_letter_keeps_no_link(ports: Any, caplog: pytest.LogCaptureFixture) -> None:
    ports.mailer.refuses = "550 no such mailbox"
    refused = await handed_over(ports, await reset_letter(ports))
    assert (refused.state, refused.refused_because, refused.refused_at) == (
        NO_SUCH_ADDRESS,
        "550 no such mailbox",
        ports.clock.now(),
    )
    assert SECRET not in await stored_text(ports)
    assert SECRET not in caplog.text
    await handed_over(ports, refused)
    assert ports.mailer.letters == [], "it is not tried again"


@pytest.mark.parametrize(
    "person",
    [Addressee(name="张三", email=SOMEBODY), Addressee(name="张三", email="new@example.org", link=LINK)],
    ids=["asked for too long ago", "another mailbox"],
)
async def test_a_link_that_nobody_waits_for_goes_to_nobody(ports: Any, person: Addressee) -> None:
    """It would open the account for whoever reads the old mailbox."""
    letter = await reset_letter(ports)
    ports.neighbours.person = person
    refused = await handed_over(ports, letter)
    assert (refused.state, "nobody waits" in refused.refused_because, ports.mailer.letters) == (SKIPPED, True, [])


async def test_a_letter_of_an_earlier_release_brought_its_link_along(ports: Any) -> None:
    letter = await reset_letter(ports)
    letter.values["link"] = LINK
    await repository.save(ports.store, letter)
    ports.neighbours.person = Addressee(name="张三", email=SOMEBODY)
    sent = await handed_over(ports, letter)
    assert (sent.state, len(ports.mailer.letters)) == (SENT, 1)
    assert SECRET not in await stored_text(ports)


async def test_a_letter_is_handed_over_once(ports: Any) -> None:
    await plan_letters(ports, happened("roster.submitted.v1"))
    (letter,) = await mailings(ports)
    for _ in range(2):
        await handed_over(ports, letter)
    (message,) = ports.mailer.letters
    assert (message["To"], message["X-Jianding-Letter"]) == (f"名称{BRANCH} <{office(BRANCH)}>", "awaiting-review")
    assert message["Message-ID"] == f"<{letter.id}@jianding.example>"


async def test_a_letter_that_is_not_here_yet_is_waited_for(ports: Any) -> None:
    with pytest.raises(NotYet):
        await deliver(ports, LetterWriter(REGISTER.templates.values()), "a@example.org", "nowhere")
