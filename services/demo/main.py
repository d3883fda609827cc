"""`jianding demo`: play, check the books, write the summary."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.demo import books, digest, form6, opening, radar, subscriber
from services.demo.cast import BRANCHES, CENTRE
from services.demo.clerk import Refusal
from services.demo.doorstep import must_be_ready, operators_password
from services.demo.office import Differs, Office
from services.demo.play import Play, Session, this_year, today
from services.demo.progress import Progress

SECRETS = "passwords.json"
MARK = ".jianding-demo"


def main(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave by the front door, so that our system stops too
    parser = argparse.ArgumentParser(prog="jianding demo")
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--url", default="", help="a running deployment; else one is started here")
    parser.add_argument("--store", default="", help="mongodb://…; default: SQLite below the folder")
    parser.add_argument("--bus", default="", help="amqp://…; default: SQLite below the folder")
    parser.add_argument("--folder", type=Path, default=Path("var") / "demo")
    parser.add_argument("--operator-password", default=os.environ.get("OPERATOR_PASSWORD", ""))
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.candidates <= 100_000:
        parser.error("--candidates goes from 1 to 100000")
    folder: Path = chosen.folder
    _clear(folder)
    summary, _, faults = played(
        folder, chosen.candidates, chosen.store, chosen.bus, chosen.url, chosen.operator_password
    )
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _say(folder, summary, faults)
    return 1 if faults else 0


def played(
    folder: Path, candidates: int, store: str = "", bus: str = "", url: str = "", operator_password: str = ""
) -> tuple[dict[str, Any], list[Session], list[str]]:
    """The whole play: what it came to, its sessions, what is wrong in the books. url: a running deployment; empty: one is
    started below the folder for the time of the play. Exits with a sentence where the play cannot go on."""
    with contextlib.ExitStack() as stack:
        if url:
            url = must_be_ready(url)
            password = operators_password(url, operator_password)
        else:
            house = stack.enter_context(started(folder, store, bus))
            url, password = house.url, house.password
        progress = stack.enter_context(Progress())
        try:
            return asyncio.run(_play(url, password, folder, candidates, progress))
        except Differs as differs:
            sys.exit(f"{url}: {differs}")
        except Refusal as refusal:
            sys.exit(f"{url} 拒绝了演示的一步 · refused a step of the play: {refusal}. {opening.EMPTY_HOUSE}")
        except (TimeoutError, httpx.TransportError) as error:
            sys.exit(f"{url} 中途不再应答 · no longer answers: {type(error).__name__} {error}")


def _clear(folder: Path) -> None:
    """Start from an empty folder; never empty one that was not ours."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARK).exists():
            sys.exit(f"{folder} 不是演示文件夹，未动 · is no folder of an earlier demo, left as it is")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


async def _play(
    url: str, password: str, folder: Path, candidates: int, progress: Progress
) -> tuple[dict[str, Any], list[Session], list[str]]:
    async with httpx.AsyncClient(base_url=url.rstrip("/"), timeout=httpx.Timeout(120.0, connect=3.0)) as client:
        office = Office(client, password, progress.tell)
        await opening.bodies(office)
        await opening.licences(office, this_year())
        await opening.annual_plans(office, this_year())
        subscribers = await subscriber.subscribe(office, client)
        play = Play(office, folder)
        sessions = await play.sessions(this_year(), candidates)
        await play.rosters(sessions)
        await play.reviews(sessions)
        await play.certificates(sessions)
        await play.parcels(sessions)
        await play.receipts(sessions)
        files = await play.results(sessions)
        filled = await form6.fetch(play.clerk(sessions[0].station, "station_clerk"), sessions[0].id, folder / "form6")
        mailings = await play.mailings(sessions)
        acts = await play.acts(sessions)
        progress.tell("分中心收到的事件 · events at branch centres", 0, len(subscribers))
        await asyncio.gather(*(one.read_on(sessions) for one in subscribers))
        progress.tell("分中心收到的事件 · events at branch centres", len(subscribers), len(subscribers))
        due = await radar.read(play.clerk(CENTRE, "centre_clerk"))
        gathered = await digest.read(play.clerk(BRANCHES[0], "branch_officer"), today())
        ready = await client.get("/readyz")
    numbers = sorted(certificate["number"] for session in sessions for certificate in session.certificates)
    home = ready.json().get("home", {})
    summary = {
        "store": home.get("store", ""),
        "bus": home.get("bus", ""),
        "candidates": candidates,
        "passed": sum(len(session.lines) for session in sessions),
        "certificates": len(numbers),
        "first_number": numbers[0] if numbers else "",
        "last_number": numbers[-1] if numbers else "",
        "print_files": [str(file) for file in files],
        "form6": [str(file) for file in filled],
        "letters": [
            {
                "letter": mailing["letter"],
                "to": mailing["to"],
                "about": mailing["subject_of"],
                "state": mailing["state"],
                "id": mailing["id"],
            }
            for mailing in mailings
        ],
        "acts": len(acts),
        "events": {one.branch.code: len(one.entries) for one in subscribers},
        "let_through": office.let_through,
        "radar": due,
        "digest": gathered,
        "seconds": play.seconds,
    }
    faults = books.faults(sessions, mailings, acts) + subscriber.faults(subscribers, sessions)
    return summary, sessions, faults


@dataclass(frozen=True, slots=True)
class House:
    """A system of our own. process: its number."""

    url: str
    password: str
    process: int


@contextlib.contextmanager
def started(folder: Path, store: str = "", bus: str = "") -> Iterator[House]:
    """A system of our own, ready, for a while; password: the operator's. Its log is `<folder>/log.txt`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "STORE": store or f"sqlite:{folder / 'data'}",
        "BUS": bus or f"sqlite:{folder / 'data'}",
        "MAIL": f"folder:{folder / 'mail'}",
        "FILES": str(folder / "files"),
        "SECRETS": str(folder / SECRETS),
        "PORT": str(port),
        "URL": url,
        "NEIGHBOURS": url,
        "DIGEST_AT": "off",  # the play is over before the next working day; what it would tell is read at the end
    }
    environment = os.environ | {f"JIANDING_{name}": value for name, value in settings.items()}
    with (folder / "log.txt").open("wb") as log:
        system = subprocess.Popen([sys.executable, "-m", "services", "all"], env=environment, stdout=log, stderr=log)
        try:
            wait_until_ready(url, system, folder / "log.txt")
            password = json.loads((folder / SECRETS).read_text(encoding="utf-8"))["operator"]
            yield House(url, password, system.pid)
        finally:
            system.terminate()
            system.wait(40)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str, system: subprocess.Popen[bytes], log: Path) -> None:
    transport = httpx.HTTPTransport(retries=0)
    with httpx.Client(transport=transport, timeout=5) as client:
        for _ in range(600):
            if system.poll() is not None:
                break
            with contextlib.suppress(httpx.TransportError):
                if client.get(f"{url}/readyz").status_code == 200:
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                system.wait(0.1)
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    sys.exit(f"系统未能启动 · the system did not start:\n{tail}")


def _let_through(exceptions: list[dict[str, str]]) -> str:
    """How often each reason was given, so that nobody takes for usual what the Centre made an exception for."""
    counted = Counter((one["rule"], one["reason"]) for one in exceptions)
    return "；".join(f"{count} × {rule}: {reason}" for (rule, reason), count in counted.items()) or "无 none"


def _events(received: dict[str, int]) -> str:
    """Whether they are those of its subtree and no other, the books say."""
    return "，".join(f"{code}: {count}" for code, count in received.items())


def _letters(about_sessions: int, mail: Path) -> str:
    """mail: the folder, where letters about all else lie too: accounts, plans, licences."""
    told = f"关于鉴定批次 about the sessions {about_sessions}"
    return f"{told}，全部 all {len(list(mail.glob('*.eml')))}: {mail}" if mail.is_dir() else told


def _say(folder: Path, summary: dict[str, Any], faults: list[str]) -> None:
    seconds, mail = summary["seconds"], folder / "mail"
    ready, sent = seconds["approve_to_certificates"], seconds["approve_to_letters"]
    rows = [
        ("考生 candidates", f"{summary['candidates']}，合格 passed {summary['passed']}"),
        ("证书 certificates", f"{summary['certificates']}: {summary['first_number']} … {summary['last_number']}"),
        ("打印文件 print files", f"{len(summary['print_files'])}: {folder / 'print-files'}"),
        ("信函 letters", _letters(len(summary["letters"]), mail)),
        ("审计记录 acts", f"{summary['acts']}，审计员可查 as the auditor reads them"),
        ("分中心收到的事件 events at branch centres", _events(summary["events"])),
        ("附表六（已编号） filled form 6", str(folder / "form6")),
        ("名册 workbooks", str(folder / "workbooks")),
        ("中心特批 let through by the Centre", _let_through(summary["let_through"])),
        ("批准后 after approval", f"证书 certificates {ready:.2f} s，信函 letters {sent:.2f} s"),
        ("摘要 summary", str(folder / "summary.json")),
    ]
    print()
    for name, value in rows:
        print(f"{name}: {value}")
    radar.show(summary["radar"])
    digest.show(summary["digest"], BRANCHES[0].name_zh)
    for fault in faults:
        print(f"账目有误 WRONG: {fault}", file=sys.stderr)
    print("账目相符 · the books are right" if not faults else "账目不符 · the books are wrong")
