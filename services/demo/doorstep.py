"""Before a play in a system that runs already: is it there, is it ready, and who may open the door?"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from shared.ip_addresses import read
from shared.settings import PREFIX, Settings

TRY_OUT_PASSWORD = "operator-try-out"  # what docker-compose.yml uses unless .env says otherwise
PATIENCE = 15  # seconds


def must_be_ready(url: str) -> str:
    """The address without a stroke at its end. Ends the program with a sentence when nobody is there, or not ready yet; later
    absences are waited for."""
    url = url.rstrip("/")
    try:
        answer = httpx.get(f"{url}/readyz", timeout=PATIENCE)
        content = answer.json()
        missing = content["missing"]
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        sys.exit(
            f"{url} 没有应答 · does not answer ({type(error).__name__}): start it (make run, or docker compose up --wait), or "
            "mend the address"
        )
    except (ValueError, KeyError, TypeError):
        sys.exit(
            f"{url} 不是鉴定系统，或入口不可用 · is no Jianding, or its door is shut: {answer.status_code} at /readyz"
        )
    if missing:
        sys.exit(f"{url} 尚未就绪，请稍后再试 · is not ready yet, try again when it is: {'; '.join(map(str, missing))}")
    return url


def operators_password(url: str, given: str) -> str:
    """The one that signs in: that given, the one that `make run` on this machine keeps, the one for trying out. Ends the
    program with a sentence when none does. No password of this machine is tried elsewhere."""
    tried = [
        ("OPERATOR_PASSWORD", given),
        (str(_kept()), _from_file() if is_here(url) else ""),
        ("operator-try-out", TRY_OUT_PASSWORD),
    ]
    known = {password: where for where, password in reversed(tried) if password}
    for password in reversed(known):
        form = {"grant_type": "password", "username": "operator", "password": password}
        try:
            answer = httpx.post(f"{url}/directory/tokens", data=form, timeout=PATIENCE)
        except httpx.TransportError as error:
            sys.exit(f"{url} 没有应答 · does not answer: {type(error).__name__}")
        if answer.is_success:
            return password
        if answer.status_code != 401:
            sys.exit(f"{url} 未让 operator 登录 · did not let operator sign in: {answer.status_code} {_detail(answer)}")
    sys.exit(
        f"{url} 不认 operator 的密码 · refuses the password of operator (tried: {', '.join(reversed(known.values()))}). "
        "请用 OPERATOR_PASSWORD=… 指明 · name it: OPERATOR_PASSWORD=… make demo URL=…. It stands in .env of the containers, "
        "or in var/passwords.json where `make run` was started"
    )


def is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    address = read(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _kept() -> Path:
    default: Path = Settings.model_fields["secrets"].default
    return Path(os.environ.get(f"{PREFIX}SECRETS") or default)


def _from_file() -> str:
    try:
        return str(json.loads(_kept().read_text(encoding="utf-8"))["operator"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return ""
