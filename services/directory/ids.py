"""Computed ids of the directory. A format below must never change, or a retry would no longer recognise its own work."""

from __future__ import annotations

from shared.keeping.ids import computed


def registered_person_id(card_no: str) -> str:
    return computed("registered_person", card_no)


def account_reference(account: str) -> str:
    """What facts call an account: its id is chosen by people and often holds a name."""
    return computed("account", account)
