"""Pin every dependency with hashes, for every platform and Python we support: `make lock`.

Uses `uv` because it resolves for all platforms at once; it is needed by nobody but whoever updates the pins."""

from __future__ import annotations

import subprocess
import sys

OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
HIDDEN = ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]
FILES = (
    ("requirements.in", "requirements.txt", []),
    ("requirements-dev.in", "requirements-dev.txt", ["-c", "requirements.txt"]),
    ("requirements-files.in", "requirements-files.txt", ["--no-deps"]),
)


def main() -> int:
    uv = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *HIDDEN]
    for source, target, more in FILES:
        subprocess.run([*uv, *more, source, "-o", target, *sys.argv[1:]], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
