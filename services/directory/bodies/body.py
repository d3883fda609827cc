"""Bodies: the Centre, its branch centres, and stations under a branch or directly under the Centre (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel

from services.directory.bodies import contradictions
from services.directory.bodies.standing import APPLIED, LICENSED, REGISTERED, Standing
from shared.actor import Actor
from shared.contracts.directory import BodyKind, BodyRegistered, Licence, ScopeItem
from shared.contracts.occupations import occupations
from shared.errors import Invalid, Problem
from shared.trade import practice
from shared.trade.numbers.organisation import credit_code_warning
from shared.trade.numbers.spelling import normalise
from shared.trade.roles import Role

_OFFICES = (Role.OPERATOR, Role.CENTRE_CLERK)


class Host(BaseModel):
    """依托单位: the organisation that carries a body, with its unified social credit code if it is known."""

    name_zh: str
    name_en: str = ""
    credit_code: str = ""


class Entry(BaseModel):
    """What may change in a body's entry. Code, kind and parent never do."""

    name_zh: str
    name_en: str
    produces: bool = False
    email: str
    address: str = ""
    postal_code: str = ""
    phone: str = ""
    contact: str = ""
    host: Host | None = None


class Body(Standing):
    name_zh: str
    name_en: str
    produces: bool
    email: str  # official mailbox of the office
    address: str = ""  # where parcels and letters on paper go
    postal_code: str = ""
    phone: str = ""
    contact: str = ""  # the person to ask for; stays in the directory
    host: Host | None = None

    @classmethod
    def register(
        cls,
        by: Actor,
        at: datetime,
        *,
        industry: str,
        code: str,
        kind: BodyKind,
        above: str | None,
        parent: Body | None,
        entry: Entry,
        branches: Iterable[Body] = (),
    ) -> Self:
        """above: the code given for the parent; parent: that body, if it is registered.

        Raises Invalid with every contradiction between code, kind, parent and entry; NotAllowed."""
        by.must_be(*_OFFICES)
        entry, problems = _checked(entry)
        problems += contradictions.of_place(industry, code, kind, above, parent, branches)
        if problems:
            raise Invalid("机构登记信息有误 · the body cannot be registered like this", problems)
        path = f"{parent.path if parent else '/'}{code}/"
        body = cls(id=code, state="", kind=kind, path=path, **dict(entry))
        body.produces = entry.produces or kind == "centre"
        body.move("register", APPLIED if kind == "station" else REGISTERED, by, at)
        body.tell(at)
        return body

    def change(self, by: Actor, at: datetime, entry: Entry) -> None:
        """In every state: letters about certificates of a revoked body still go to its mailbox. Raises NotAllowed, Invalid."""
        by.must_be(*_OFFICES)
        entry, problems = _checked(entry)
        if problems:
            raise Invalid("机构信息有误 · the entry has mistakes", problems)
        for name, value in dict(entry).items():
            setattr(self, name, value)
        self.produces = entry.produces or self.kind == "centre"
        self.move("change", self.state, by, at)
        self.tell(at)

    def tell(self, at: datetime) -> None:
        """The body, and its twin in training: a twin is always licensed, so that its people can practise (R2)."""
        fact = BodyRegistered(
            body=self.id,
            kind=self.kind,
            path=self.path,
            name_zh=self.name_zh,
            name_en=self.name_en,
            produces=self.produces,
            email=self.email,
            state=self.state,
            licence=self.licence,
        )
        self.note(fact, at)
        twin = practice.twin(self.id)
        of_twin = {
            "body": twin,
            "path": practice.twin_path(self.path),
            "name_zh": f"（培训）{self.name_zh}",
            "name_en": f"(Training) {self.name_en}",
            "state": LICENSED,
            "licence": _practice_licence(self.licence),
        }
        self.note(fact.model_copy(update=of_twin), at, about=twin)

    @property
    def warnings(self) -> list[Problem]:
        """What is suspicious, and blocks nothing: real credit codes that fail their check exist (rules §7.2)."""
        code = self.host.credit_code if self.host else ""
        what = credit_code_warning(code) if code else None
        return [Problem("/host/credit_code", what)] if what else []

    def as_answer(self) -> dict[str, Any]:
        warnings = [{"where": one.where, "what": one.what} for one in self.warnings]
        return {**super().as_answer(), "warnings": warnings}


def _checked(entry: Entry) -> tuple[Entry, list[Problem]]:
    """The entry with its codes normalised, and what is wrong with it."""
    spelt: dict[str, Any] = {"postal_code": normalise(entry.postal_code), "phone": normalise(entry.phone)}
    if entry.host is not None:
        spelt["host"] = entry.host.model_copy(update={"credit_code": normalise(entry.host.credit_code)})
    entry = entry.model_copy(update=spelt)
    return entry, contradictions.of_entry(entry.postal_code, entry.phone)


def _practice_licence(licence: Licence | None) -> Licence:
    """The body's own scope or, while it has none, everything there is; without an end."""
    scope = licence.scope if licence else _everything()
    return Licence(
        licence_no=f"（培训）{licence.licence_no if licence else ''}",
        valid_from=date(2000, 1, 1),
        valid_until=date(2099, 12, 31),
        scope=scope,
    )


def _everything() -> list[ScopeItem]:
    return [ScopeItem(occupation=one.code, levels=sorted(one.levels, reverse=True)) for one in occupations().values()]
