"""Signing in through the front door, and one door of every service to knock at."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from typing import Any

import httpx

from tests.world.house import PASSWORD, House

DOORS = {
    "directory": "/directory/me",
    "plan": "/plan/annual-plans",
    "reporting": "/reporting/rosters",
    "certificate": "/certificate/productions",
    "notification": "/notification/mailings",
    "supervision": "/supervision/parked",
}
"""Something to read in every service; in one of them not for everybody, which is another answer than 401."""


async def sign_in(house: House, account: str, password: str = PASSWORD, scope: str = "") -> httpx.Response:
    form = {"grant_type": "password", "username": account, "password": password, "scope": scope}
    return await house.client.post("/directory/tokens", data=form)


async def token(house: House, account: str, password: str = PASSWORD, scope: str = "") -> dict[str, Any]:
    answer = await sign_in(house, account, password, scope)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def machine_token(house: House, account: str, secret: str = PASSWORD) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": account, "client_secret": secret}
    return await house.client.post("/directory/tokens", data=form)


async def refresh(house: House, refresh_token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return await house.client.post("/directory/tokens", data=form)


async def ask(house: House, access_token: str, path: str, method: str = "GET", **content: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {access_token}", **content.pop("headers", {})}
    return await house.client.request(method, path, headers=headers, **content)


async def is_let_in(house: House, access_token: str, service: str) -> bool:
    answer = await ask(house, access_token, DOORS[service])
    assert answer.status_code in (200, 401, 403), answer.text
    return answer.status_code != 401


def letters(house: House, name: str) -> list[Any]:
    """Those in the mail folder, by the name of the letter."""
    found = [message_from_bytes(one.read_bytes(), policy=default) for one in (house.folder / "mail").glob("*.eml")]
    return [one for one in found if one["X-Jianding-Letter"] == name]


def link_in(letter: Any) -> str:
    """Path and query of the link to a new password."""
    found = re.search(
        r"https://certificates\.example\.org(/directory/reset\?token=\S+)", letter.get_body(("plain",)).get_content()
    )
    assert found
    return found[1]
