"""Reading files that may take their reader with them: in a fork, with limits, so that the test lives on."""

from __future__ import annotations

import multiprocessing
import resource
from multiprocessing.connection import Connection

from services.reporting.rosters.workbook.reading import RosterWorkbook, read
from shared.errors import Invalid

MEMORY = 1024 * 1024 * 1024  # bytes
SECONDS = 60


class Died(Exception):
    """By a signal, or without an answer."""


def read_apart(content: bytes) -> RosterWorkbook:
    """What `read` returns or raises. Raises Died."""
    context = multiprocessing.get_context("fork")
    mine, its = context.Pipe(duplex=False)
    child = context.Process(target=_read, args=(content, its))
    child.start()
    its.close()
    try:
        found = mine.recv()
    except EOFError:
        raise Died from None
    finally:
        child.join()
    if isinstance(found, RosterWorkbook):
        return found
    detail, problems = found
    raise Invalid(detail, problems)


def _read(content: bytes, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer.send(read(content))
    except Invalid as error:
        answer.send((str(error), error.problems))
