"""The health check of every container: is this process alive (/healthz), or is it ready (/readyz)?

Prints what is missing; `docker inspect` shows it. Standard library only, and few modules of it: it runs often.
"""

from __future__ import annotations

import http.client
import os
import sys


def main(path: str) -> int:
    port = int(os.environ.get("JIANDING_PORT") or 8000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=8)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        print(answer.read().decode("utf-8", "replace"))
    except OSError as error:
        print(f"{path} does not answer: {error}")
        return 1
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "/readyz"))
