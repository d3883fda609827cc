"""What is free on this machine's disks."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from shared.errors import Unavailable


class SystemDisk:
    async def free(self, folder: Path) -> int | None:
        try:
            return await asyncio.to_thread(_free, folder)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"{folder} 无法访问 · cannot be reached: {error.strerror}") from error


def _free(folder: Path) -> int:
    """A disk that can name no further file is full, however many bytes are left."""
    if not hasattr(os, "statvfs"):
        return shutil.disk_usage(folder).free
    found = os.statvfs(folder)
    return 0 if found.f_files and not found.f_favail else found.f_bavail * found.f_frsize
