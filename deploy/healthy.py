"""The health check of every container: is this process alive (/healthz), or is it ready (/readyz)?

Prints what is missing; `docker inspect` shows it. Standard library only, and of it only what asks: it runs often, in every
container, and loading an HTTP client takes longer than the whole of this.
"""

from __future__ import annotations

import os
import socket
import sys


def main(path: str) -> int:
    port = int(os.environ.get("JIANDING_PORT") or 8000)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=8) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    except OSError as error:
        print(f"{path} does not answer: {error}")
        return 1
    head, _, content = answer.partition(b"\r\n\r\n")
    print(content.decode("utf-8", "replace"))
    return 0 if head.split(b" ")[1:2] == [b"200"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "/readyz"))
