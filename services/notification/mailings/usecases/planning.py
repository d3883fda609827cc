"""Planning the letters of a fact: one mailing for everybody who gets one."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from services.notification import ids
from services.notification.letters.audience import bodies_to_write_to, letter_to
from services.notification.mailings.mailing import Mailing
from shared.contracts.certificate import HoldersPage
from shared.contracts.directory import Addressee, BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.words import LEVEL_NAMES, STANDINGS
from shared.keeping import local_copies, repository
from shared.outside import Ports
from shared.ports import Clock, Store
from shared.ports.neighbours import Neighbours
from shared.trade import practice


async def plan_letters(ports: Ports, envelope: Envelope) -> None:
    """One mailing per (fact, letter, address), each if absent. Raises NotYet while a body is unknown here, Unavailable."""
    data, subject, kind = envelope.data, envelope.subject, envelope.fact_type
    about = await local_copies.copy_of(ports.store, BodyRegistered, data["body"])
    letters, practised = ports.register.letters[kind], practice.is_practice(about.body)
    title_zh, title_en = ports.register.titles[kind.split(".")[0]]
    values: dict[str, Any] = {
        "title_zh": title_zh,
        "title_en": title_en,
        "id": subject,
        "unit_zh": about.name_zh,
        "unit_en": about.name_en,
        "site": ports.settings.url,
        "training": practised,
        **data,
    }
    if "producer" in data:
        maker = await local_copies.copy_of(ports.store, BodyRegistered, data["producer"])
        values |= {"producer_zh": maker.name_zh, "producer_en": maker.name_en}
    if "to_state" in data:
        state = STANDINGS[data["to_state"]]
        values |= {"state_zh": state[0], "state_en": state[1]}
    for letter, code in bodies_to_write_to(letters, data):
        body = await local_copies.copy_of(ports.store, BodyRegistered, code)
        await _add(
            ports.store,
            ports.clock,
            envelope,
            letter,
            body.email,
            body.name_zh,
            about,
            {**values, "to_zh": body.name_zh},
            recipient=code,
        )
    to_holders, to_account = letter_to(letters, "holders"), letter_to(letters, "account")
    if to_holders is not None and not practised:  # whoever stands in a practice roster holds no certificate
        await _plan_for_holders(ports.store, ports.clock, ports.neighbours, envelope, to_holders, about, values)
    if to_account is not None:
        link = {"training_url": ports.settings.training_url}
        await _plan_for_account(ports, envelope, to_account, about, {**values, **link})
    to_all = letter_to(letters, "bodies")
    if to_all is not None:
        await _plan_for_all_bodies(ports.store, ports.clock, envelope, to_all, about, values)


async def _plan_for_account(
    ports: Ports, envelope: Envelope, letter: str, about: BodyRegistered, values: dict[str, Any]
) -> None:
    """One letter to a person, whose address and (where the letter is for it) link the directory tells. Nobody to write
    to, because the account was closed meanwhile: no letter."""
    ref = str(envelope.data["account"])
    where = f"/addressees/{quote(ref)}?letter={quote(letter)}"
    person = await ports.neighbours.get("directory", where, Addressee)
    if person.email:
        told = {**values, "to_zh": person.name} | ({"link": person.link} if person.link else {})
        await _add(ports.store, ports.clock, envelope, letter, person.email, person.name, about, told, recipient=ref)


async def _plan_for_all_bodies(
    store: Store, clock: Clock, envelope: Envelope, letter: str, about: BodyRegistered, values: dict[str, Any]
) -> None:
    """Every branch and station below `about`, as they are known here. Twins stand in a tree of their own; a body that
    lost its qualification is not written to. Each letter lies with the body that gets it, so that its officers see it."""
    below = [
        body
        for body in await local_copies.all_copies(store, BodyRegistered)
        if body.path.startswith(about.path) and body.body != about.body and body.state != "revoked"
    ]
    for body in below:
        named = {**values, "to_zh": body.name_zh}
        await _add(store, clock, envelope, letter, body.email, body.name_zh, body, named, recipient=body.body)


async def _plan_for_holders(
    store: Store,
    clock: Clock,
    neighbours: Neighbours,
    envelope: Envelope,
    letter: str,
    about: BodyRegistered,
    values: dict[str, Any],
) -> None:
    after: str | None = ""
    while after is not None:
        where = f"/holders?roster={quote(str(envelope.data['roster']))}&limit=500" + (
            f"&after={after}" if after else ""
        )
        page = await neighbours.get("certificate", where, HoldersPage)
        planned = [
            _add(
                store,
                clock,
                envelope,
                letter,
                holder.email,
                holder.name,
                about,
                {
                    **values,
                    "to_zh": holder.name,
                    "number": holder.number,
                    "occupation_zh": holder.occupation_zh,
                    "occupation_en": holder.occupation_en,
                    "level_zh": LEVEL_NAMES[holder.level][0],
                    "level_en": LEVEL_NAMES[holder.level][1],
                    "verify_url": holder.verify_url,
                },
                recipient=holder.certificate,
            )
            for holder in page.items
        ]
        await asyncio.gather(*planned)
        after = page.next


async def _add(
    store: Store,
    clock: Clock,
    envelope: Envelope,
    letter: str,
    to: str,
    to_name: str,
    about: BodyRegistered,
    values: dict[str, Any],
    recipient: str,
) -> None:
    """`recipient`: the body's code, the certificate's id or the account's ref. Not the address: two colleagues may share a
    mailbox, and an office that moves between two attempts must not get the letter twice."""
    mailing = Mailing(
        id=ids.mailing_id(envelope.id, letter, recipient),
        letter=letter,
        to=to,
        to_name=to_name,
        body=about.body,
        path=about.path,
        subject_of=envelope.subject,
        fact=envelope.id,
        values=values,
        planned_at=clock.now(),
    )
    mailing.plan()
    await repository.add(store, mailing)
