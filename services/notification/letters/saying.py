"""What a letter says: the fact, and the names of the bodies that it is about, in both languages. Pure; planning knows the
bodies from its local copies, the preview makes some up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.notification.letters.words import counted
from shared.contracts.certificate import Holder
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.supervision import TRIGGER_NAMES
from shared.contracts.words import LEVEL_NAMES, STANDINGS
from shared.register.letters import Letter
from shared.register.pages import document_of_duty, page_of
from shared.register.register import Register
from shared.trade import practice
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day


def codes_in(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The bodies that letters of this fact name, which have to be known before one is written."""
    path = BodyPath.read(data["path"])
    others = ("producer", "concerns", "at_desk", "cancelled_by", "inspected_by")
    named = (data["body"], path.centre, path.branch, *(data.get(other) for other in others))
    return tuple(dict.fromkeys(str(code) for code in named if code))


def said(register: Register, site: str, envelope: Envelope, bodies: Mapping[str, BodyRegistered]) -> dict[str, Any]:
    """Values of every letter of the fact. bodies: those of `codes_in`."""
    data = envelope.data
    noun, _, rest = envelope.fact_type.partition(".")
    path, body = BodyPath.read(data["path"]), bodies[data["body"]]
    title_zh, title_en = register.titles[noun]
    desk = str(data.get("at_desk", ""))
    values: dict[str, Any] = {
        "title_zh": title_zh,
        "title_en": title_en,
        "id": envelope.subject,
        "unit_zh": body.name_zh,
        "unit_en": body.name_en,
        "site": site,
        "page": page_of(site, *_document(noun, envelope)),
        "training": practice.is_practice(body.body),  # stored under this name in every letter since the first
        **data,
        "decides": desk == path.centre,
        **_named("centre", bodies[path.centre]),
        **(_named("branch", bodies[path.branch]) if path.branch and path.branch != body.body else {}),
    }
    if rest.startswith("endorsed") and path.branch:
        values |= _named("endorsed", bodies[path.branch])
    if rest.startswith("withdrawn"):
        values |= _named("taken_back", bodies[desk])
    for who in ("cancelled", "inspected"):
        if data.get(f"{who}_by"):
            values |= _named(who, bodies[data[f"{who}_by"]])
    if "producer" in data:
        values |= _named("producer", bodies[data["producer"]])
    if "to_state" in data:
        state = STANDINGS[data["to_state"]]
        values |= {"state_zh": state[0], "state_en": state[1]}
    if "concerns" in data:
        row = register.duties[data["what"]]
        people = data.get("people")
        values |= {
            "duty_zh": f"{row.zh}（{people} 人）" if people else row.zh,
            "duty_en": f"{row.en} ({counted(people, 'person')})" if people else row.en,
            **_named("concerns", bodies[data["concerns"]]),
            # Of a year, or of a licence, everybody knows when it began.
            "since": data.get("since") if data["concerns"] != data["body"] or data["period"] == data["about"] else "",
        }
    if "trigger" in data:
        values["trigger_zh"] = TRIGGER_NAMES.get(data["trigger"], "详见系统记载")
    return values


def issued(letter: Letter, envelope: Envelope, bodies: Mapping[str, BodyRegistered]) -> dict[str, Any]:
    """The foot of a letter: whose name stands under it, and the day (in China) of what it tells."""
    issuer = bodies[_issuer(letter, envelope.data)]
    return _named("issuer", issuer) | {"dated": local_day(envelope.time).isoformat()}


def _issuer(letter: Letter, data: Mapping[str, Any]) -> str:
    codes = BodyPath.read(data["path"]).codes
    if letter.issued_by in ("above_desk", "below_desk"):
        desk = codes.index(data["at_desk"])
        return codes[max(0, desk - 1) if letter.issued_by == "above_desk" else min(len(codes) - 1, desk + 1)]
    return str(data.get(letter.issued_by) or codes[0])


def to_holder(holder: Holder, centre: BodyRegistered) -> dict[str, Any]:
    """What a letter to the holder of a certificate says besides. centre: whom they may ask."""
    level_zh, level_en = LEVEL_NAMES[holder.level]
    return {
        "number": holder.number,
        "occupation_zh": holder.occupation_zh,
        "occupation_en": holder.occupation_en,
        "level_zh": level_zh,
        "level_en": level_en,
        "verify_url": holder.verify_url,
        "centre_email": centre.email,
        **_named("centre", centre),
    }


def _document(noun: str, envelope: Envelope) -> tuple[str, str]:
    """Noun and id of what the letter is about: of a duty, what is acted on."""
    data = envelope.data
    if "what" in data:
        return document_of_duty(str(data["what"]), str(data["about"]), str(data["body"]))
    return noun, envelope.subject


def _named(what: str, body: BodyRegistered) -> dict[str, str]:
    return {f"{what}_zh": body.name_zh, f"{what}_en": body.name_en}
