"""Computed ids of notification. A format below must never change, or a retry would no longer recognise its own work."""

from __future__ import annotations

from shared.keeping.ids import computed


def webhook_id(body: str, request: str) -> str:
    """One for each request that makes one; the same account, practising, makes another."""
    return computed("webhook", body, request)


def branch_queue_id(body: str) -> str:
    """One for each body; its twin, practising, has another."""
    return f"queue-{body}"


def calendar_id(body: str, request: str) -> str:
    """One for each request that makes one."""
    return computed("calendar", body, request)


def radar_id(noun: str, duty: str) -> str:
    """noun: of the duty's facts; two services may well call a duty the same."""
    return f"{noun}.{duty}"


def canary_fact(day: str) -> str:
    """What stands for the fact in a letter that none made: one a day."""
    return f"canary/{day}"


def unsubscription_id(address: str, letter: str) -> str:
    return computed("unsubscription", address.casefold(), letter)


def bounce_id(validity: int, uid: int) -> str:
    """A mailbox that is numbered anew has other mails."""
    return f"bounce-{validity}-{uid}"


def mailing_id(fact: str, letter: str, recipient: str) -> str:
    return computed("mailing", fact, letter, recipient.casefold())


def digest_id(to: str, day: str, practised: bool) -> str:
    """One for each address and day, and one of what is only practised. day: like 2026-04-03."""
    return computed("digest", to.casefold(), day, *(("practice",) if practised else ()))
