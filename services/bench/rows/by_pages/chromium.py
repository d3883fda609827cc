"""The browser: Chromium of this machine, through Playwright, which is a development dependency."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import Browser

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = ["--no-sandbox", "--disable-dev-shm-usage"]


def missing() -> str:
    """What to install before a browser opens; empty where one does."""
    if find_spec("playwright") is None:
        return "Playwright 未安装 · not installed (requirements-dev.in)"
    if not _program():
        return "Chromium 未安装 · not installed (apt-get install chromium fonts-noto-cjk)"
    return ""


def _program() -> str:
    return next((path for name in NAMES if (path := shutil.which(name))), "")


@asynccontextmanager
async def opened() -> AsyncIterator[Browser]:
    """One of which `missing` has nothing to say."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        # Playwright switches off the memory in which browsers keep whole pages for "back"; people have it on.
        browser = await playwright.chromium.launch(
            executable_path=_program(), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        await browser.close()
