"""Writes .env from .env.example with a fresh random password for each try-out one. Standard library only.

    python3 deploy/make_secrets.py [FOLDER]     FOLDER: where .env.example is; default: the project's root

Nothing that stands in an .env is ever touched. One of an earlier release gets what it did not know yet; one that lacks nothing
is left alone, which is success too: `make secrets; docker compose up` is every upgrade.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path

_SECRET = re.compile(r"^([A-Z]+_PASSWORD|PERSON_KEY|WEBHOOK_KEY)=.*$", re.MULTILINE)
_NEW = ("PERSON_KEY", "WEBHOOK_KEY")
"""Not in the .env of release 0.1. A password that is missing there is left out on purpose: the try-out one counts."""


def main(folder: Path) -> int:
    example = (folder / ".env.example").read_text(encoding="utf-8")
    made, count = _SECRET.subn(lambda match: f"{match[1]}={secrets.token_urlsafe(24)}", example)
    path = folder / ".env"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if added := _complete(path):
            print(f"{path}: 已补充 · added {', '.join(added)}, all else was left as it is")
            return 0
        print(f"{path} 已齐全，未改动 · lacks nothing and was left as it is")
        return 0
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(made)
    print(f"{path}: {count} 个新密码 · new secrets, readable by you only")
    print(
        "若已用试用密码启动过，先清空或按手册改密 · if the system ran with the try-out passwords before: "
        "`docker compose down -v` (deletes all data), or change them as docs/runbook.md says"
    )
    return 0


def _complete(path: Path) -> list[str]:
    """Appends what an earlier release did not write. Returns its names."""
    known = path.read_text(encoding="utf-8")
    lacking = [name for name in _NEW if not re.search(rf"^{name}=", known, re.MULTILINE)]
    if lacking:
        with path.open("a", encoding="utf-8") as file:
            file.write("" if known.endswith("\n") else "\n")
            file.writelines(f"{name}={secrets.token_urlsafe(24)}\n" for name in lacking)
    return lacking


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent))
