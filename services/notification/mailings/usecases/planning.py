"""Planning the letters of a fact: one mailing for everybody who gets one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from services.notification import ids
from services.notification.letters.audience import bodies_to_write_to, letter_to
from services.notification.letters.saying import codes_in, issued, said, to_holder
from services.notification.mailings import digest_day
from services.notification.mailings.mailing import BULK, Mailing
from services.notification.mailings.usecases.giving_way import PAGE, give_way
from services.notification.settings import NotificationSettings
from services.notification.unsubscriptions.secret import drawn
from shared.contracts.certificate import Holder, HoldersPage
from shared.contracts.directory import Addressee, BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.words import ENDED_STANDINGS
from shared.keeping import local_copies, repository
from shared.outside import Ports
from shared.register.letters import Letter
from shared.trade import practice
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day

_TO_PERSON: Mapping[str, Any] = {"page": ""}
"""No person is led to a document: what they may open stands in the letter itself."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is written about: the fact, the body it concerns, all bodies that it names, and what every letter of it says."""

    envelope: Envelope
    body: BodyRegistered
    bodies: Mapping[str, BodyRegistered]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Addressed:
    """One letter to one recipient, who is known by the body's code, the certificate's id or the account's reference.
    Not by the address: two colleagues may share a mailbox, and an office that moves between two attempts must not get
    the letter twice.

    lies_with: the body whose officers see the letter. office: the body that gets it; none for a person. deputy: it goes to the
    deputy whom that body names."""

    letter: Letter
    recipient: str
    to: str
    to_name: str
    lies_with: BodyRegistered
    office: BodyRegistered | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    deputy: bool = False


async def plan_letters(ports: Ports, envelope: Envelope, *, single: bool = False) -> None:
    """One mailing per (fact, letter, recipient), each if absent. single: only the letters that are none of very many.

    Raises NotYet while a body is unknown here, Unavailable: also where so much waits to be sent already that bulk had no
    room for a minute."""
    letters = [one for one in ports.register.letters[envelope.fact_type] if not (single and one.is_bulk)]
    to_offices = bodies_to_write_to(letters, envelope.data)
    if single and not to_offices and letter_to(letters, "account") is None:
        return  # most of what the clock tells of everybody on one morning: nothing is looked up for it
    occasion = await _occasion(ports, envelope)
    for letter, code in to_offices:
        body = await local_copies.copy_of(ports.store, BodyRegistered, code)
        await _add_all(ports, occasion, list(_to_office(letter, body, occasion.body)))
    to_holders, to_account = letter_to(letters, "holders"), letter_to(letters, "account")
    # Whoever stands in a practice roster holds no certificate.
    if to_holders is not None and not practice.is_practice(occasion.body.body):
        await _plan_for_holders(ports, occasion, to_holders)
    if to_account is not None and envelope.data.get("account"):
        await _plan_for_account(ports, occasion, to_account)
    to_all = letter_to(letters, "bodies")
    if to_all is not None:
        await _plan_for_all_bodies(ports, occasion, to_all)


async def _occasion(ports: Ports, envelope: Envelope) -> Occasion:
    """Raises NotYet while a body is unknown here."""
    bodies = {code: await local_copies.copy_of(ports.store, BodyRegistered, code) for code in codes_in(envelope.data)}
    values = said(ports.register, ports.settings.url, envelope, bodies)
    return Occasion(envelope, bodies[envelope.data["body"]], bodies, values)


def _to_office(letter: Letter, body: BodyRegistered, lies_with: BodyRegistered) -> Iterator[Addressed]:
    """To its contact, where it names one, else to its official mailbox; and to the deputy, where it names one. The first is
    recognised by the code alone, so that a contact who is named between two attempts does not get it twice."""
    to_office = {"to_zh": body.name_zh, "to_en": body.name_en}
    to = body.mailbox
    name = body.contact_name or body.name_zh
    yield Addressed(letter, body.body, to, name, lies_with, body, to_office)
    if body.deputy_email and body.deputy_email.casefold() != to.casefold():
        name = body.deputy_name or body.name_zh
        recipient = f"{body.body}/deputy"
        yield Addressed(letter, recipient, body.deputy_email, name, lies_with, body, to_office, deputy=True)


async def _plan_for_account(ports: Ports, occasion: Occasion, letter: Letter) -> None:
    """One letter to a person, whose address the directory says. Nobody to write to, because the account was closed
    meanwhile: no letter. A link that the letter is written for opens the account, so it is fetched when the letter is
    handed to the post and stored nowhere (`delivering`)."""
    reference = str(occasion.envelope.data["account"])
    where = f"/addressees/{quote(reference)}?letter={quote(letter.name)}"
    person = await ports.neighbours.get("directory", where, Addressee)
    if person.email:
        values = {"training_url": ports.settings.training_url, **_TO_PERSON}
        addressed = Addressed(letter, reference, person.email, person.name, occasion.body, values=values)
        await _add_all(ports, occasion, [addressed])


async def _plan_for_all_bodies(ports: Ports, occasion: Occasion, letter: Letter) -> None:
    """Every branch and station below the body concerned, as they are known here. Twins stand in a tree of their own; a
    body whose standing ended is not written to. Each letter lies with the body that gets it, so that its officers
    see it."""
    above = occasion.body
    letters = [
        addressed
        for body in await local_copies.all_copies(ports.store, BodyRegistered)
        if body.path.startswith(above.path) and body.body != above.body and body.state not in ENDED_STANDINGS
        for addressed in _to_office(letter, body, body)
    ]
    await _add_all(ports, occasion, letters)


async def _plan_for_holders(ports: Ports, occasion: Occasion, letter: Letter) -> None:
    """Raises NotYet while the Centre, whom they may ask, is unknown here; Unavailable."""
    centre = await local_copies.copy_of(ports.store, BodyRegistered, BodyPath.read(occasion.body.path).centre)
    roster = quote(str(occasion.envelope.data["roster"]))
    after: str | None = ""
    while after is not None:
        where = f"/holders?roster={roster}&limit=500" + (f"&after={after}" if after else "")
        page = await ports.neighbours.get("certificate", where, HoldersPage)
        letters = [_to_holder(letter, holder, occasion.body, centre) for holder in page.items]
        await _add_all(ports, occasion, letters)
        after = page.next


def _to_holder(letter: Letter, holder: Holder, lies_with: BodyRegistered, centre: BodyRegistered) -> Addressed:
    values = {**to_holder(holder, centre), **_TO_PERSON}
    return Addressed(letter, holder.certificate, holder.email, holder.name, lies_with, values=values)


async def _add_all(ports: Ports, occasion: Occasion, letters: Sequence[Addressed]) -> None:
    """In pages, each of which gives way to single letters. Raises Unavailable."""
    for first in range(0, len(letters), PAGE):
        page = letters[first : first + PAGE]
        if any(one.letter.is_bulk for one in page):
            await give_way(ports.store, ports.clock)
        await asyncio.gather(*(_add(ports, occasion, addressed) for addressed in page))


async def _add(ports: Ports, occasion: Occasion, addressed: Addressed) -> None:
    fact, letter, now = occasion.envelope, addressed.letter, ports.clock.now()
    mailing = Mailing(
        id=ids.mailing_id(fact.id, letter.name, addressed.recipient),
        letter=letter.name,
        to=addressed.to,
        to_name=addressed.to_name,
        recipient=addressed.office.body if addressed.office else "",
        deputy=addressed.deputy,
        body=addressed.lies_with.body,
        path=addressed.lies_with.path,
        office=addressed.office.body if addressed.office else "",
        office_path=addressed.office.path if addressed.office else "",
        subject_of=fact.subject,
        fact=fact.id,
        values={
            **occasion.values,
            **issued(letter, fact, occasion.bodies),
            "to_zh": addressed.to_name,
            **addressed.values,
        },
        planned_at=now,
        lane=BULK if letter.is_bulk else "",
        unsubscribe=drawn() if letter.optional else "",
    )
    on = _digest_day(ports, occasion, letter, now)
    if on is None:
        mailing.plan()
    else:
        mailing.wait_for_digest(on)
    await repository.add(ports.store, mailing)


def _digest_day(ports: Ports, occasion: Occasion, letter: Letter, now: datetime) -> date | None:
    """None: it goes out by itself. So does a letter that counts the days that are left, where the digest would come on another
    day: it would count wrong, and the last day could be over."""
    digest_at = ports.settings.of(NotificationSettings).digest_at
    if not letter.waits or not digest_at:
        return None
    on = digest_day.of(now, digest_at, ports.calendar)
    return None if "days_left" in occasion.envelope.data and on != local_day(now) else on
