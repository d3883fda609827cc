"""Bodies: the Centre, its branch centres, and stations under a branch or directly under the Centre (R5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, Field, model_validator

from services.directory.bodies import contradictions, periods
from services.directory.bodies.standing import (
    APPLIED,
    LEADS_TO,
    LICENSED,
    REGISTERED,
    STRUCK_OFF,
    AnnualInspection,
    Standing,
)
from services.directory.keepers import INSPECTORS, REGISTRARS
from shared.actor import Actor
from shared.contracts.directory import BodyKind, BodyRegistered, BodyStandingChanged, Licence, ScopeItem
from shared.contracts.occupations import occupations
from shared.errors import Invalid, Problem
from shared.keeping.aggregate import Aggregate
from shared.procedure.windup import sanction_of
from shared.trade import practice
from shared.trade.body_path import BodyPath
from shared.trade.body_words import BODY
from shared.trade.deadline import local_day
from shared.trade.numbers.organisation import credit_code_warning
from shared.trade.numbers.spelling import normalise
from shared.trade.roles import Role
from shared.words import Words

TELLING = 1
"""One more each time that others need to hear more of a body than earlier releases told them."""


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
    contact_email: str = ""
    deputy: str = ""
    deputy_email: str = ""
    host: Host | None = None


class Body(Aggregate):
    """Its code, place, standing and entry. The standing is kept as fields of the document, next to the entry.

    former_licences: those that were replaced, as they were given, oldest first; none of those that were replaced before
    `licences_since`, by a release that kept none. instead: the body that it was registered as a
    second time, once it is struck off. told: the `TELLING` that others heard last."""

    KIND: ClassVar[str] = "body"
    SOURCE: ClassVar[str] = "/directory"
    WORDS: ClassVar[Words] = BODY

    kind: BodyKind
    path: str
    licence: Licence | None = None
    former_licences: list[Licence] = Field(default_factory=list)
    licences_since: date | None = None
    because: str = ""  # as `until` and `inspections`: see Standing
    until: date | None = None
    inspections: list[AnnualInspection] = Field(default_factory=list)
    instead: str = ""
    told: int = 0

    name_zh: str
    name_en: str
    produces: bool
    email: str  # official mailbox of the office
    address: str = ""  # where parcels and letters on paper go
    postal_code: str = ""
    phone: str = ""
    contact: str = ""  # the person to ask for; stays in the directory, unless letters go to them
    contact_email: str = ""  # official mailbox: letters go there instead of to the office
    deputy: str = ""
    deputy_email: str = ""  # official mailbox: every letter goes there too
    host: Host | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_release_0_1(cls, stored: Any) -> Any:
        """There, a station was `registered` and appraised without a licence. It has applied, and waits for one."""
        if isinstance(stored, dict) and stored.get("kind") == "station" and stored.get("state") == REGISTERED:
            return {**stored, "state": APPLIED}
        return stored

    @model_validator(mode="before")
    @classmethod
    def _of_a_release_that_kept_no_former_licences(cls, stored: Any) -> Any:
        """Where it licensed a body more than once, what held before the last time is lost."""
        if not isinstance(stored, dict) or "told" in stored:
            return stored
        given = [entry for entry in stored.get("history", ()) if isinstance(entry, dict) and entry["verb"] == "license"]
        if len(given) < 2:
            return stored
        return {**stored, "licences_since": local_day(datetime.fromisoformat(given[-1]["at"]))}

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
        by.must_be(*REGISTRARS)
        entry, problems = _checked(entry)
        problems += contradictions.of_place(industry, code, kind, above, parent, branches)
        if problems:
            raise Invalid("机构登记信息有误 · the body cannot be registered like this", problems)
        path = f"{parent.path if parent else '/'}{code}/"
        body = cls(id=code, state="", kind=kind, path=path, **dict(entry))
        body.produces = entry.produces or kind == "centre"
        body.move("register", APPLIED if kind == "station" else REGISTERED, by, at)
        body._note_entry(at)
        return body

    def change(self, by: Actor, at: datetime, entry: Entry) -> None:
        """In every state but the last: letters about certificates of a revoked body still go to its mailbox; of one that is
        struck off nothing will ever be said. Raises WrongState, NotAllowed, Invalid."""
        if self.state == STRUCK_OFF:
            next = f"请使用机构编码 {self.instead} · the right one is {self.instead}"
            raise self.wrong_state("change", next)
        by.must_be(*REGISTRARS)
        entry, problems = _checked(entry)
        if problems:
            raise Invalid("机构信息有误 · the entry has mistakes", problems)
        for name, value in dict(entry).items():
            setattr(self, name, value)
        self.produces = entry.produces or self.kind == "centre"
        self.move("change", self.state, by, at)
        self._note_entry(at)

    # --- its standing: what officers do -----------------------------------------------------------------------------

    @property
    def standing(self) -> Standing:
        return Standing(self.id, self.state, self.licence, self.because, self.until, tuple(self.inspections))

    def license(self, by: Actor, at: datetime, licence: Licence) -> None:
        """许可. Four eyes: not by whoever registered the body.

        Raises WrongState, NotAllowed, Invalid with every contradiction of the licence."""
        if self.kind == "centre":
            raise Invalid("指导中心不持鉴定许可证 · the Centre gives licences and holds none")
        self.standing.must_allow("license")
        by.must_be(Role.CENTRE_APPROVER)
        by.must_not_be((self.registered_by,), "登记机构的人不得许可 · who registered a body may not license it")
        self._become(self.standing.license(licence), "license", by, at)

    def inspect(
        self, by: Actor, at: datetime, *, year: int, passed: bool, findings: list[str], until: date | None
    ) -> None:
        """年检. until: last day to rectify, needed when it failed. Raises WrongState, NotAllowed, Invalid."""
        self.standing.must_allow("inspect")
        by.must_be(*INSPECTORS)
        found = AnnualInspection(year=year, passed=passed, findings=findings, on=local_day(at), by=by.id)
        following = self.standing.inspect(found, until)
        self._become(following, "inspect", by, at, "" if passed else following.because)

    @property
    def ordered_by(self) -> str:
        """The sanction under which it rectifies, or is suspended, now: the latest since that state began, as its reason and
        term are the ones that count. Empty where no sanction is behind it: an annual inspection, or any other state."""
        for entry in reversed(self.history):
            if entry.to_state == LEADS_TO.get(entry.verb) == self.state:
                return sanction_of(entry.by)
            if entry.from_state != self.state:
                return ""
        return ""

    # --- and what sanctions do, or who lifts them: here the state is asked, at their doors the role --------------------

    def order_rectification(self, by: Actor, at: datetime, reason: str, until: date, *, sanction: str = "") -> None:
        """责令限期整改. Raises WrongState, Invalid."""
        following = self.standing.order_rectification(reason, until, local_day(at))
        self._become(following, "order_rectification", by, at, reason, sanction=sanction)

    def clear_rectification(self, by: Actor, at: datetime, reason: str, *, sanction: str = "") -> None:
        """整改验收. Raises WrongState, Invalid."""
        following = self.standing.clear_rectification(reason)
        self._become(following, "clear_rectification", by, at, reason, sanction=sanction, lifting=True)

    def suspend(self, by: Actor, at: datetime, reason: str, until: date | None = None, *, sanction: str = "") -> None:
        """暂停鉴定. Raises WrongState, Invalid."""
        following = self.standing.suspend(reason, until, local_day(at))
        self._become(following, "suspend", by, at, reason, sanction=sanction)

    def reinstate(self, by: Actor, at: datetime, reason: str, *, sanction: str = "") -> None:
        """恢复. Raises WrongState, Invalid."""
        self._become(self.standing.reinstate(reason), "reinstate", by, at, reason, sanction=sanction, lifting=True)

    def revoke(self, by: Actor, at: datetime, reason: str, *, sanction: str = "") -> None:
        """取消资质. Raises WrongState, Invalid."""
        self._become(self.standing.revoke(reason), "revoke", by, at, reason, sanction=sanction)

    def strike_off(self, by: Actor, at: datetime, reason: str, right: Body, hanging: Sequence[Problem]) -> None:
        """除名, for good: it was registered twice, and `right` is what it should have been. hanging: what stands at it or below
        it, one problem each; as long as there is any it stays. Four eyes: not by whoever registered it.

        Raises WrongState, NotAllowed, Invalid with everything that is wrong."""
        self.standing.must_allow("strike_off")
        by.must_be(Role.CENTRE_APPROVER)
        by.must_not_be((self.registered_by,), "登记机构的人不得除名 · who registered a body may not strike it off")
        problems = [*contradictions.of_the_right_one(self, right), *hanging]
        problems += [
            Problem(
                "/inspections",
                f"{found.year} 年已年检 · it was inspected in {found.year}",
                "已年检的机构不除名 · a body that was inspected is not struck off",
            )
            for found in self.inspections
        ]
        if problems:
            raise Invalid("该机构不能除名 · the body cannot be struck off", problems)
        self.instead = right.id
        self._become(self.standing.strike_off(reason), "strike_off", by, at, reason)

    def abide(
        self,
        verb: str,
        by: Actor,
        at: datetime,
        reason: str,
        *,
        sanction: str,
        until: date | None = None,
        lifting: bool = False,
    ) -> None:
        """A sanction, or its end, that finds nothing to change: an act all the same, by which it is recognised, and noted,
        so that its own record says so. verb: what was ordered."""
        following = self.standing.abide(verb, reason, until)
        self._become(following, verb, by, at, reason, sanction=sanction, lifting=lifting)

    def _become(
        self,
        following: Standing,
        verb: str,
        by: Actor,
        at: datetime,
        reason: str = "",
        *,
        sanction: str = "",
        lifting: bool = False,
    ) -> None:
        """reason: of this step. sanction: what orders it; lifting: or ends by it."""
        before = self.state
        if self.licence is not None and following.licence != self.licence:
            self.former_licences.append(self.licence)
        self.licence, self.inspections = following.licence, list(following.inspections)
        self.because, self.until = following.because, following.until
        self.move(verb, following.state, by, at, reason.strip())
        self._note_entry(at)
        if self.state != before or sanction:
            fact = BodyStandingChanged(
                body=self.id,
                path=self.path,
                above=self.above,
                from_state=before,
                to_state=self.state,
                reason=reason.strip(),
                until=self.until,
                sanction=sanction,
                lifting=lifting and bool(sanction),
                instead=self.instead or None,
            )
            self.note(fact, at)

    # --- what others hear of it, and what looks doubtful --------------------------------------------------------------

    @property
    def above(self) -> str:
        """The body right above; the Centre itself has none."""
        return BodyPath.read(self.path).right_above

    @property
    def registered_by(self) -> str:
        return next((entry.by for entry in self.history if entry.verb == "register"), "")

    def tell_again(self, at: datetime) -> bool:
        """After an upgrade, what others could not hear before; no act of anybody. False: they know all there is."""
        if self.told >= TELLING:
            return False
        self._note_entry(at)
        return True

    def _note_entry(self, at: datetime) -> None:
        """The whole entry, standing included: others enforce what they heard last. And its twin in practice, which is
        always licensed, so that its people can practise (R2); it goes when its body is struck off."""
        self.told = TELLING
        former, since = periods.to_tell(self.former_licences, self.licence, self.licences_since)
        fact = BodyRegistered(
            body=self.id,
            kind=self.kind,
            path=self.path,
            name_zh=self.name_zh,
            name_en=self.name_en,
            produces=self.produces,
            email=self.email,
            contact_name=self.contact if self.contact_email else "",
            contact_email=self.contact_email,
            deputy_name=self.deputy if self.deputy_email else "",
            deputy_email=self.deputy_email,
            state=self.state,
            licence=self.licence,
            former_licences=former,
            licences_since=since,
            suspensions=periods.suspensions(self.history),
            registered_on=periods.registered_on(self.history),
            ended_on=periods.ended_on(self.history),
            instead=self.instead or None,
        )
        self.note(fact, at)
        twin = self.twin()
        of_twin = {
            "body": twin.id,
            **{name: getattr(twin, name) for name in ("path", "name_zh", "name_en", "state", "licence")},
            **{name: getattr(twin, name) for name in ("former_licences", "licences_since")},
            "suspensions": [],
            "ended_on": fact.ended_on if self.state == STRUCK_OFF else None,
            "instead": twin.instead or None,
        }
        self.note(fact.model_copy(update=of_twin), at, about=twin.id)

    def twin(self) -> Self:
        """Its twin in practice, to be told of and looked at: no document of its own. It is always licensed, and nothing was ever
        done to it."""
        of_twin = {
            "id": practice.twin(self.id),
            "path": practice.twin_path(self.path),
            "name_zh": f"（培训）{self.name_zh}",
            "name_en": f"(Training) {self.name_en}",
            "state": STRUCK_OFF if self.state == STRUCK_OFF else LICENSED,
            "licence": _practice_licence(self.licence),
            "former_licences": [],
            "licences_since": None,
            "because": "",
            "until": None,
            "inspections": [],
            "instead": practice.twin(self.instead) if self.instead else "",
            "history": [],
        }
        return self.model_copy(update=of_twin)

    @property
    def warnings(self) -> list[Problem]:
        """What is suspicious, and blocks nothing: real credit codes that fail their check exist (rules §7.2)."""
        code = self.host.credit_code if self.host else ""
        what = credit_code_warning(code) if code else None
        return [Problem("/host/credit_code", what)] if what else []


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
    return [
        ScopeItem(occupation=occupation.code, levels=sorted(occupation.levels, reverse=True))
        for occupation in occupations().values()
    ]
