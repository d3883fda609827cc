"""Every command of the runbook that needs no container is typed as it stands, at `make run` in an empty folder."""

from __future__ import annotations

import asyncio
import json
import os
import re
import runpy
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.first_hour.commands import blocks_of, script_of
from tests.world.eventually import eventually
from tests.world.ports import a_port

ROOT = Path(__file__).parents[3]
RUNBOOK = ROOT / "docs" / "runbook.md"
"""The Chinese page has the same commands, which `tests/rules/test_two_languages.py` holds."""
ADDRESS = "http://127.0.0.1:8000"

ELSEWHERE = {
    "needs containers": re.compile(r"docker|make secrets|git pull|\. \./\.env|rabbitmqctl|mongosh"),
    "needs the broker's management": re.compile(r"\$M/|^M="),
    "needs a parked message": re.compile(r"/parked/ID"),
    "is content of a file": re.compile(r"^OIDC_"),
    "needs the system stopped": re.compile(r"^mv var lost|restore \S+$|^cp apart/"),
    "runs until it is ended": re.compile(r"certificate worker|^make run"),
}
"""Why some commands are not typed here."""

STRUCK_OFF = """create "$CLERK" /directory/bodies again \
  '{"code":"49053099","kind":"station","parent":"49050001","name_zh":"示例鉴定站","name_en":"Station","email":"station@example.org"}'
"""
TECHNICIANS = """SESSION=49053012-$YEAR-002
ITEM='{"occupation":"6-04-01-01","level":2,"heads":1}'
WHERE='"place":"示例考场","in_charge":"吴刚","paper_source":"national_bank"'
create "$STATION" /plan/session-plans "session 2" \\
  "{\\"year\\":$YEAR,\\"number\\":2,\\"held_on\\":\\"$DAY\\",$WHERE,\\"items\\":[$ITEM]}"
step "$HEAD" /plan/session-plans/$SESSION submission
step "$OFFICER" /plan/session-plans/$SESSION endorsement
step "$APPROVER" /plan/session-plans/$SESSION approval '{"exceptions":{"lead_time":"试运行当日鉴定"}}'
until create "$STATION" /reporting/rosters "roster $SESSION" \
  "{\\"session\\":\\"$SESSION\\",\\"attendance\\":{\\"applied\\":1,\\"accepted\\":1,\\"examined\\":1}}"; do sleep 1; done
look "$STATION" /reporting/rosters/$SESSION/template.xlsx > form6.xlsx
"""


def a_candidate(page: str) -> dict[str, str]:
    """The made-up person of the page: a table with one row."""
    titles, _, values = (
        [cell.strip() for cell in line.strip("| \n").split("|")]
        for line in page[page.index("| 准考证号 | 姓名") :].splitlines()[:3]
    )
    return dict(zip(titles, values, strict=True))


def fill(values: dict[str, str]) -> str:
    script = Path(__file__).with_name("fill_form6.py")
    return shlex.join([sys.executable, str(script), "form6.xlsx", json.dumps(values, ensure_ascii=False)])


def typed(page: str) -> str:
    candidate = a_candidate(page)
    technician = candidate | {"准考证号": "4905301220260020001", "综合评审成绩": "80"}
    upload = next(block for block in blocks_of(page) if "@form6.xlsx" in block).split("step ")[0]
    return script_of(
        page,
        ELSEWHERE,
        before={"striking-off": STRUCK_OFF, "technician-reviews": f"{TECHNICIANS}{fill(technician)}\n{upload}"},
        after={"template.xlsx": fill(candidate)},
    )


@pytest.fixture
async def run_there(tmp_path: Path) -> AsyncIterator[str]:
    """`make run` in an empty folder; its address."""
    (bin_ := tmp_path / ".venv" / "bin").mkdir(parents=True)
    runpy.run_path(str(ROOT / "deploy" / "make_venv.py"))["_write_command"](bin_)
    (bin_ / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (bin_ / "python").chmod(0o755)
    command = bin_ / "jianding"
    address = f"http://127.0.0.1:{(port := a_port())}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JIANDING_")}
    environment |= {"PYTHONPATH": str(ROOT), "JIANDING_PORT": str(port)}
    environment |= {"JIANDING_URL": address, "JIANDING_NEIGHBOURS": address}
    process = await asyncio.create_subprocess_exec(
        command, "all", cwd=tmp_path, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient(base_url=address) as client:

            async def answers() -> bool:
                try:
                    return (await client.get("/readyz")).is_success
                except httpx.TransportError:
                    return False

            await eventually(answers, within=60, every=0.1)
        yield address
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 60)


async def test_every_command_of_the_runbook_does_what_it_says(run_there: str, tmp_path: Path) -> None:
    page = RUNBOOK.read_text(encoding="utf-8")
    script = typed(page).replace(ADDRESS, run_there)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-eo", "pipefail", "-c", script),
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await asyncio.wait_for(shell.communicate(), 600))[0].decode()
    assert shell.returncode == 0, f"{said[-3000:]}"
    assert '"outcome":"valid"' in said
    assert (tmp_path / "certificates.pdf").read_bytes().startswith(b"%PDF")


def test_what_is_not_run_has_its_reason() -> None:
    """So that a command that nobody ran does not hide behind a pattern that is too wide."""
    page = RUNBOOK.read_text(encoding="utf-8")
    asked = [
        line for line in typed(page).splitlines() if "$SITE" in line or line.startswith(("create ", "step ", "look "))
    ]
    written = [
        line
        for block in blocks_of(page)
        for line in block.splitlines()
        if "$SITE" in line or line.startswith(("create ", "step ", "look "))
    ]
    left_out = [line for line in written if line not in asked]
    assert all("/parked/ID" in line for line in left_out), left_out
