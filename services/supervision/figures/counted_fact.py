"""What of a fact counts in the bulletin: whose, in which quarter, how many. Counts only, no people.

By the day that counts: the exam's for sessions, the approval's for rosters, and for parcels and returns the day in China
on which it happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from services.supervision import ids
from services.supervision.figures.figures import Figures
from services.supervision.figures.quarter import Quarter
from shared.contracts.certificate import CertificatesMailed
from shared.contracts.envelope import Envelope
from shared.contracts.plan import (
    SessionPlanApproved,
    SessionPlanCancelled,
    SessionPlanPostponed,
    SessionPlanReturned,
    SessionPlanVoided,
)
from shared.contracts.reporting import RosterApproved, RosterReturned
from shared.trade.deadline import local_day
from shared.trade.practice import is_practice

Basis = Literal["held_on", "approved_on", "happened_on"]
SESSION, ROSTER, PARCEL = "session_plan.approved", "roster.approved", "certificates.mailed"
PLAN_RETURNED, ROSTER_RETURNED = "session_plan.returned", "roster.returned"
VOIDED = "session_plan.voided"  # counts nothing, and takes its session out of what was approved
CANCELLED = "session_plan.cancelled"  # stands in the place of its session, and counts nothing


class CountedFact(BaseModel):
    """One fact as a document: its id is computed from the fact, so that a repeat meets itself.

    what: the fact's type without its version. subject: the session, which is also its roster's and its parcel's name.
    basis: which of its days `day` is. sequence: watermark, where a fact may come again with newer content."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    what: str
    subject: str
    body: str
    path: str
    day: date
    basis: Basis
    quarter: str
    counts: Figures
    sequence: str

    def as_body(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"id"})

    @classmethod
    def from_body(cls, id: str, body: Mapping[str, Any]) -> CountedFact:
        return cls.model_validate({**body, "id": id})


def counted(envelope: Envelope) -> CountedFact | None:
    """None: of a twin, for practice counts nowhere; and a roster that came back because its session was postponed, for nobody
    found fault with it. Raises Unreadable."""
    if is_practice(str(envelope.data.get("path", ""))):
        return None
    match envelope.fact_type:
        case SessionPlanApproved.TYPE | SessionPlanPostponed.TYPE:
            # What another body holds, or is held on another day, or after all, is told again: the latest counts.
            told = SessionPlanPostponed if envelope.fact_type == SessionPlanPostponed.TYPE else SessionPlanApproved
            session = told.from_data(envelope.data)
            return _counted_fact(
                envelope,
                session,
                SESSION,
                session.session,
                "held_on",
                session.held_on,
                _session(session),
            )
        case SessionPlanCancelled.TYPE:
            cancelled = SessionPlanCancelled.from_data(envelope.data)
            fact = _counted_fact(
                envelope, cancelled, SESSION, cancelled.session, "held_on", cancelled.held_on, Figures()
            )
            return fact.model_copy(update={"what": CANCELLED})
        case SessionPlanVoided.TYPE:
            voided = SessionPlanVoided.from_data(envelope.data)
            day = local_day(envelope.time)
            return _counted_fact(envelope, voided, VOIDED, voided.session, "happened_on", day, Figures())
        case RosterApproved.TYPE:
            roster = RosterApproved.from_data(envelope.data)
            day = roster.approved_on
            return _counted_fact(envelope, roster, ROSTER, roster.roster, "approved_on", day, _roster(roster))
        case CertificatesMailed.TYPE:
            parcel = CertificatesMailed.from_data(envelope.data)
            counts = Figures(certificates=parcel.certificates)
            return _counted_fact(
                envelope, parcel, PARCEL, parcel.roster, "happened_on", local_day(envelope.time), counts
            )
        case SessionPlanReturned.TYPE:
            plan = SessionPlanReturned.from_data(envelope.data)
            return _returned(envelope, plan, PLAN_RETURNED, Figures(plans_returned=1))
    returned = RosterReturned.from_data(envelope.data)
    if returned.postponed_to is not None:
        return None
    return _returned(envelope, returned, ROSTER_RETURNED, Figures(rosters_returned=1))


def _session(fact: SessionPlanApproved | SessionPlanPostponed) -> Figures:
    stated = {f"standard_{fact.standard}": 1, f"paper_{fact.paper_source}": 1}
    fee = {} if fact.fee_yuan is None else {"fees_stated": 1, "fee_yuan": fact.fee_yuan}
    # `standard_None`, of a fact of an earlier release, is no figure: what is not stated is what the sum lacks.
    known = {name: count for name, count in stated.items() if name in Figures.model_fields}
    return Figures(sessions=1, heads_planned=sum(item.heads for item in fact.items), **known, **fee)


def _roster(fact: RosterApproved) -> Figures:
    passed = sum(fact.lines.values())
    if fact.examined is None:
        return Figures(passed=passed)
    return Figures(passed=passed, passed_of_examined=passed, examined=fact.examined)


def _returned(
    envelope: Envelope, fact: SessionPlanReturned | RosterReturned, what: str, counts: Figures
) -> CountedFact:
    """A document may be returned several times: each return is a fact of its own, known by the fact's number."""
    subject = f"{envelope.subject}#{envelope.sequence}"
    return _counted_fact(envelope, fact, what, subject, "happened_on", local_day(envelope.time), counts)


def _counted_fact(
    envelope: Envelope, fact: Any, what: str, subject: str, basis: Basis, day: date, counts: Figures
) -> CountedFact:
    return CountedFact(
        id=ids.record_id(what, subject),
        what=what,
        subject=subject,
        body=fact.body,
        path=fact.path,
        day=day,
        basis=basis,
        quarter=Quarter.of(day).name,
        counts=counts,
        sequence=envelope.sequence,
    )
