"""What a measure does to the standing of a body (rules §4.1, §4.9), and which bodies can take it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import MEASURE_NAMES, Measure
from shared.contracts.words import ENDED_STANDINGS, MAY_APPRAISE, STANDINGS
from shared.errors import Invalid, Problem
from shared.trade.body_words import KINDS

LEADS_TO: Mapping[Measure, str] = {"rectification": "rectifying", "suspension": "suspended", "revocation": "revoked"}

_CAN_TAKE: Mapping[Measure, frozenset[str]] = {
    "notice": frozenset(STANDINGS) - {"struck_off"},
    "rectification": MAY_APPRAISE,  # rectifying: an annual inspection may have ordered it to
    "suspension": MAY_APPRAISE,
    "revocation": frozenset(STANDINGS) - {"registered"} - ENDED_STANDINGS,
}


class Step(BaseModel):
    """What the directory says that it did with the standing of the body."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    from_state: str
    to_state: str


def standing_of(body: BodyRegistered) -> str:
    """Release 0.1 said none: a station has applied there, every other body is registered."""
    return body.state or ("applied" if body.kind == "station" else "registered")


def _no_station(body: BodyRegistered) -> str:
    zh, en = KINDS[body.kind]
    return f"该机构是{zh} · this body is a {en}"


def must_be_revocable(body: BodyRegistered) -> None:
    """Raises Invalid: a branch centre has stations below it that would first need another place, and the Centre revokes."""
    if body.kind != "station":
        raise Invalid("只能取消鉴定站资质 · only a station can be revoked", [Problem("/measure", _no_station(body))])


def misfits(measure: Measure, standing: str) -> list[Problem]:
    """Why a body of this standing cannot take the measure; empty if it can."""
    if standing in _CAN_TAKE[measure]:
        return []
    zh, en = STANDINGS[standing]
    return [
        Problem(
            "/measure",
            f"机构现为“{zh}”，不适用{MEASURE_NAMES[measure]} · the body is {en}: {measure} would change nothing",
        )
    ]
