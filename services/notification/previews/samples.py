"""Sample values of each letter: the example of its fact, told by a small tree of made-up bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from services.notification.digests.listing import LETTER, values_of
from services.notification.letters.letter import LetterWriter
from services.notification.letters.saying import codes_in, issued, said, to_holder
from services.notification.mailings.mailing import CANARY, WAITS, Mailing
from shared.contracts.certificate import Holder
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.register.letters import TO_PEOPLE, Letter
from shared.register.register import Register
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day

_NAMES: Final = (
    ("示例机械工业职业技能鉴定指导中心", "Example Machinery Appraisal Guidance Centre"),
    ("示例省机械行业职业技能鉴定分中心", "Example Province Branch Centre"),
    ("示例机床集团鉴定站", "Example Machine Tool Group Station"),
)
"""By their place in the tree."""
_AT: Final = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
_MOST: Final = 6  # letters of the sample digest
_HOLDER: Final = Holder(
    certificate="sample",
    number="2649053012400001",
    name="张三",
    email="zhang.san@example.org",
    occupation_zh="车工",
    occupation_en="turner (lathe operator)",
    level=4,
    verify_url="https://certificates.example.org/certificate/v/2649053012400001/sample",
)


def samples(register: Register, writer: LetterWriter, site: str) -> dict[str, dict[str, Any]]:
    """Letter → sample values. site: address of this installation, to which the links lead."""
    found: dict[str, dict[str, Any]] = {}
    waiting: list[Mailing] = []
    for type, letters in register.letters.items():
        for letter in letters:
            if letter.name not in found:
                found[letter.name] = values = _values(register, type, letter, site)
                if letter.waits:
                    waiting.append(_as_mailing(letter.name, values))
    found[CANARY] = _trial(site)
    found[LETTER] = values_of(writer, local_day(_AT), waiting[:_MOST])
    return found


def _trial(site: str) -> dict[str, Any]:
    day = local_day(_AT).isoformat()
    issuer = {"issuer_zh": _NAMES[0][0], "issuer_en": _NAMES[0][1]}
    return {"day": day, "dated": day, "site": site, "page": "", "to_zh": "运行管理员", "to_en": "Operator", **issuer}


def facts_of(register: Register, name: str) -> list[str]:
    """The facts that make a letter; none of a digest, or of a trial letter."""
    return [type for type, letters in register.letters.items() if any(letter.name == name for letter in letters)]


def _values(register: Register, type: str, letter: Letter, site: str) -> dict[str, Any]:
    fact = _happened(type, letter)
    path = BodyPath.read(fact.data["path"])
    places = {code: n for n, code in enumerate(path.codes)}
    below = len(places)  # where a body is that does not stand on the path
    bodies = {code: _body(code, places.get(code, below)) for code in codes_in(fact.data)}
    values = {**said(register, site, fact, bodies), **issued(letter, fact, bodies)}
    if letter.who in TO_PEOPLE:
        to_person = {"page": "", "training_url": f"{site}/training", "link": f"{site}/directory/reset?token=sample"}
        holder = to_holder(_HOLDER, bodies[path.centre]) if letter.who == "holders" else {}
        return {**values, **to_person, **holder, "to_zh": _HOLDER.name, "to_en": ""}
    code = fact.data.get(letter.who) or path.right_above
    zh, en = _NAMES[places.get(code, 1)]
    return {**values, "to_zh": zh, "to_en": en}


def _happened(type: str, letter: Letter) -> Envelope:
    """The example; where another letter tells it, as it would have to be for this one."""
    example = _examples()[type]
    data = dict(example["data"])
    if letter.unless and data.get(letter.unless):
        data[letter.unless] = ""
        data |= {name: abs(data[name]) for name in ("mark", "days_left") if name in data}
    if "days_left" in data:
        due_on = local_day(_AT) + timedelta(days=data["days_left"])
        later = due_on - date.fromisoformat(data["due_on"])
        data |= {
            name: (date.fromisoformat(data[name]) + later).isoformat() for name in ("since", "due_on") if name in data
        }
    return Envelope(
        id=example["id"],
        source=example["source"],
        type=example["type"],
        subject=example["subject"],
        time=_AT,
        sequence=example["sequence"],
        data=data,
    )


def _body(code: str, place: int) -> BodyRegistered:
    zh, en = _NAMES[min(place, len(_NAMES) - 1)]
    return BodyRegistered.from_data(
        {
            "body": code,
            "kind": "station",
            "path": f"/{code}/",
            "name_zh": zh,
            "name_en": en,
            "produces": False,
            "email": "office@example.org",
        }
    )


def _as_mailing(letter: str, values: Mapping[str, Any]) -> Mailing:
    return Mailing(
        id=letter,
        state=WAITS,
        letter=letter,
        to="office@example.org",
        to_name=str(values["to_zh"]),
        body=str(values["body"]),
        path=str(values["path"]),
        subject_of=str(values["id"]),
        fact=letter,
        values=dict(values),
        planned_at=_AT,
    )


@lru_cache(maxsize=1)
def _examples() -> Mapping[str, dict[str, Any]]:
    return dict(_read())


def _read() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in (files("shared.contracts") / "examples").iterdir():
        if path.name.endswith(".json"):
            yield path.name.removesuffix(".json"), json.loads(path.read_text(encoding="utf-8"))
