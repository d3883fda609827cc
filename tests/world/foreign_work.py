"""What a quarantine's child is told to do in tests: some of it honest, some of it what a file makes of its reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def echo(question: bytes, content: bytes) -> bytes:
    return question + b"|" + content


def pid(question: bytes, content: bytes) -> bytes:
    return str(os.getpid()).encode()


def hang(question: bytes, content: bytes) -> bytes:
    while True:
        signal.pause()


def say_half_and_hang(question: bytes, content: bytes) -> Iterator[bytes]:
    yield b"half"
    hang(question, content)


def count_aloud(question: bytes, content: bytes) -> Iterator[bytes]:
    for n in range(20_000):
        yield b"%d " % n


def deaf_and_dumb(question: bytes, content: bytes) -> bytes:
    os._exit(0)


def spin(question: bytes, content: bytes) -> bytes:
    while True:
        pass


def take_memory(question: bytes, content: bytes) -> bytes:
    return bytes(2 * 1024**3)[:1]


def talk_without_end(question: bytes, content: bytes) -> bytes:
    while True:
        sys.stdout.buffer.write(bytes(100_000))


def kill_itself(question: bytes, content: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def raise_with_content(question: bytes, content: bytes) -> bytes:
    raise KeyError(content)


def write_a_file(question: bytes, content: bytes) -> bytes:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        Path(question.decode()).write_bytes(b"here")
    except OSError:
        return b"refused"
    return b"written"


def environment(question: bytes, content: bytes) -> bytes:
    return ",".join(sorted(os.environ)).encode()


def start_a_process(question: bytes, content: bytes) -> bytes:
    try:
        subprocess.run([sys.executable, "-c", ""], check=True)
    except OSError:
        return b"refused"
    return b"started"
