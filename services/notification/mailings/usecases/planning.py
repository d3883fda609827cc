"""Planning the letters of a fact: one mailing for everybody who gets one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from services.notification import ids
from services.notification.letters.audience import bodies_to_write_to, letter_to
from services.notification.letters.words import counted
from services.notification.mailings.mailing import BULK, Mailing
from services.notification.unsubscriptions.secret import drawn
from shared.contracts.certificate import Holder, HoldersPage
from shared.contracts.directory import Addressee, BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.supervision import TRIGGER_NAMES
from shared.contracts.words import ENDED_STANDINGS, LEVEL_NAMES, STANDINGS
from shared.keeping import local_copies, repository
from shared.outside import Ports
from shared.trade import practice
from shared.trade.body_path import BodyPath


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is written about: the fact, the body it concerns, and what every letter of it says."""

    envelope: Envelope
    body: BodyRegistered
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Addressed:
    """One letter to one recipient, who is known by the body's code, the certificate's id or the account's reference.
    Not by the address: two colleagues may share a mailbox, and an office that moves between two attempts must not get
    the letter twice.

    lies_with: the body whose officers see the letter. is_body: whether the recipient is one. bulk: it is one of very many."""

    letter: str
    recipient: str
    to: str
    to_name: str
    lies_with: BodyRegistered
    values: Mapping[str, Any] = field(default_factory=dict)
    is_body: bool = False
    bulk: bool = False


async def plan_letters(ports: Ports, envelope: Envelope) -> None:
    """One mailing per (fact, letter, recipient), each if absent. Raises NotYet while a body is unknown here,
    Unavailable."""
    letters = ports.register.letters[envelope.fact_type]
    occasion = await _occasion(ports, envelope)
    for letter, code in bodies_to_write_to(letters, envelope.data):
        body = await local_copies.copy_of(ports.store, BodyRegistered, code)
        await _add(ports, occasion, Addressed(letter, code, body.email, body.name_zh, occasion.body, is_body=True))
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
    data = envelope.data
    body = await local_copies.copy_of(ports.store, BodyRegistered, data["body"])
    title_zh, title_en = ports.register.titles[envelope.fact_type.split(".")[0]]
    values: dict[str, Any] = {
        "title_zh": title_zh,
        "title_en": title_en,
        "id": envelope.subject,
        "unit_zh": body.name_zh,
        "unit_en": body.name_en,
        "site": ports.settings.url,
        "training": practice.is_practice(body.body),  # stored under this name in every letter since the first
        **data,
    }
    if "producer" in data:
        maker = await local_copies.copy_of(ports.store, BodyRegistered, data["producer"])
        values |= {"producer_zh": maker.name_zh, "producer_en": maker.name_en}
    if "to_state" in data:
        state = STANDINGS[data["to_state"]]
        values |= {"state_zh": state[0], "state_en": state[1]}
    if "concerns" in data:
        row = ports.register.duties[data["what"]]
        concerned = await local_copies.copy_of(ports.store, BodyRegistered, data["concerns"])
        people = data.get("people")
        values |= {
            "duty_zh": f"{row.zh}（{people} 人）" if people else row.zh,
            "duty_en": f"{row.en} ({counted(people, 'person')})" if people else row.en,
            "concerns_zh": concerned.name_zh,
            "concerns_en": concerned.name_en,
        }
    if "trigger" in data:
        values["trigger_zh"] = TRIGGER_NAMES.get(data["trigger"], "详见系统记载")
    return Occasion(envelope, body, values)


async def _plan_for_account(ports: Ports, occasion: Occasion, letter: str) -> None:
    """One letter to a person, whose address the directory says. Nobody to write to, because the account was closed
    meanwhile: no letter. A link that the letter is written for opens the account, so it is fetched when the letter is
    handed to the post and stored nowhere (`delivering`)."""
    reference = str(occasion.envelope.data["account"])
    where = f"/addressees/{quote(reference)}?letter={quote(letter)}"
    person = await ports.neighbours.get("directory", where, Addressee)
    if person.email:
        values = {"training_url": ports.settings.training_url}
        addressed = Addressed(letter, reference, person.email, person.name, occasion.body, values)
        await _add(ports, occasion, addressed)


async def _plan_for_all_bodies(ports: Ports, occasion: Occasion, letter: str) -> None:
    """Every branch and station below the body concerned, as they are known here. Twins stand in a tree of their own; a
    body whose standing ended is not written to. Each letter lies with the body that gets it, so that its officers
    see it."""
    above = occasion.body
    for body in await local_copies.all_copies(ports.store, BodyRegistered):
        if body.path.startswith(above.path) and body.body != above.body and body.state not in ENDED_STANDINGS:
            addressed = Addressed(letter, body.body, body.email, body.name_zh, body, is_body=True, bulk=True)
            await _add(ports, occasion, addressed)


async def _plan_for_holders(ports: Ports, occasion: Occasion, letter: str) -> None:
    """Raises NotYet while the Centre, whom they may ask, is unknown here; Unavailable."""
    centre = await local_copies.copy_of(ports.store, BodyRegistered, BodyPath.read(occasion.body.path).centre)
    roster = quote(str(occasion.envelope.data["roster"]))
    after: str | None = ""
    while after is not None:
        where = f"/holders?roster={roster}&limit=500" + (f"&after={after}" if after else "")
        page = await ports.neighbours.get("certificate", where, HoldersPage)
        letters = [_to_holder(letter, holder, occasion.body, centre) for holder in page.items]
        await asyncio.gather(*(_add(ports, occasion, addressed) for addressed in letters))
        after = page.next


def _to_holder(letter: str, holder: Holder, lies_with: BodyRegistered, centre: BodyRegistered) -> Addressed:
    level_zh, level_en = LEVEL_NAMES[holder.level]
    values = {
        "number": holder.number,
        "occupation_zh": holder.occupation_zh,
        "occupation_en": holder.occupation_en,
        "level_zh": level_zh,
        "level_en": level_en,
        "verify_url": holder.verify_url,
        "centre_zh": centre.name_zh,
        "centre_en": centre.name_en,
        "centre_email": centre.email,
    }
    return Addressed(letter, holder.certificate, holder.email, holder.name, lies_with, values, bulk=True)


async def _add(ports: Ports, occasion: Occasion, addressed: Addressed) -> None:
    fact = occasion.envelope
    mailing = Mailing(
        id=ids.mailing_id(fact.id, addressed.letter, addressed.recipient),
        letter=addressed.letter,
        to=addressed.to,
        to_name=addressed.to_name,
        recipient=addressed.recipient if addressed.is_body else "",
        body=addressed.lies_with.body,
        path=addressed.lies_with.path,
        subject_of=fact.subject,
        fact=fact.id,
        values={**occasion.values, "to_zh": addressed.to_name, **addressed.values},
        planned_at=ports.clock.now(),
        lane=BULK if addressed.bulk else "",
        unsubscribe=drawn() if addressed.letter in ports.register.optional_letters else "",
    )
    mailing.plan()
    await repository.add(ports.store, mailing)
