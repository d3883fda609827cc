"""Every computed id and dedupe key of the house, in one place.

Ids are computed from what they identify, never drawn: a redelivered message computes the same id and meets "already
there". A format below must never change, or a retry would no longer recognise its own work.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

HOUSE = uuid5(NAMESPACE_URL, "urn:jianding")


def _computed(*parts: str | int) -> str:
    return str(uuid5(HOUSE, "/".join(str(part) for part in parts)))


def fact_id(source: str, kind: str, aggregate: str, n: int) -> str:
    return f"{source}/{kind}/{aggregate}#{n:010d}"


def request_id(caller: str, idempotency_key: str) -> str:
    return _computed("request", caller, idempotency_key)


def registered_person_id(card_no: str) -> str:
    return _computed("registered_person", card_no)


def annual_plan_id(body: str, year: int) -> str:
    return f"{body}-{year}"


def session_id(body: str, year: int, number: int) -> str:
    """鉴定批次号: institution, year, running number within the year."""
    return f"{body}-{year}-{number:03d}"


def import_id(roster: str, seal: str) -> str:
    return _computed("import", roster, seal)


def line_id(import_: str, n: int) -> str:
    return f"{import_}-{n:06d}"


def register_id(year: int, institution: str, level: int) -> str:
    return f"{year}-{institution}-{level}"


def batch_id(roster: str, page: int) -> str:
    return f"{roster}-b{page:04d}"


def certificate_id(roster: str, n: int) -> str:
    return _computed("certificate", roster, n)


def record_id(what: str, subject: str) -> str:
    """One fact that is counted; `subject`: the document, with the fact's number where each of its facts counts."""
    return f"{what}/{subject}"


def work_report_id(body: str, quarter: str) -> str:
    return f"{body}-{quarter}"


def mailing_id(fact: str, letter: str, recipient: str) -> str:
    return _computed("mailing", fact, letter, recipient.casefold())


def parked_id(queue: str, message: str) -> str:
    return _computed("parked", queue, message)


def account_ref(account: str) -> str:
    """What facts call an account: its id is chosen by people and often holds a name."""
    return _computed("account", account)


def inspection_id(request: str) -> str:
    return _computed("inspection", request)


def violation_id(request: str) -> str:
    """Of a violation raised by hand. One that a foreign number raised has the id of the find: foreign_number_id."""
    return _computed("violation", request)


def foreign_number_id(body: str, number: str) -> str:
    """Who presented which number: the same from the number check and from a workbook, so it is found once."""
    return _computed("foreign_number", body, number)


def sanction_id(request: str) -> str:
    return _computed("sanction", request)
