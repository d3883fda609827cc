"""The health check of a container, as Docker runs it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from tests.world.ports import a_port
from tests.world.sockets import served

PROGRAM = Path(__file__).parents[3] / "deploy" / "healthy.py"


async def check(path: str, port: int) -> tuple[int | None, str]:
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(PROGRAM), path),
        env=os.environ | {"JIANDING_PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asking.communicate()
    return asking.returncode, said.decode().strip()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
async def test_it_says_what_the_process_says_of_itself(status: int, code: int) -> None:
    app = FastAPI()

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        return JSONResponse({"missing": ["plan: store: 库 is away"]}, status)

    async with served(app) as there:
        assert await check("/readyz", there.port) == (code, '{"missing":["plan: store: 库 is away"]}')


async def test_nobody_there_is_not_well() -> None:
    code, said = await check("/healthz", a_port())
    assert code == 1
    assert "/healthz does not answer" in said
