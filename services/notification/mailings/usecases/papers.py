"""The paper of a letter, fetched from its service when the letter is handed over: it is stored nowhere a second time."""

from __future__ import annotations

import logging
from base64 import b64decode
from typing import Final
from urllib.parse import quote

from services.notification.letters.message import Attachment
from shared.contracts.supervision import SanctionPaper
from shared.errors import NotFound
from shared.log import fields
from shared.outside import Ports

log = logging.getLogger(__name__)

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file: more than many a mailbox takes, and base64 adds a third."""
PDF: Final = "application/pdf"


async def papers_of(ports: Ports, letter: str, about: str) -> list[Attachment]:
    """about: id of what the letter is about. None where the letter brings none along, and where it would be too large: the
    letter goes out all the same.

    Raises NotYet, Unavailable."""
    where = ports.register.papers.get(letter)
    if where is None:
        return []
    service, _, path = where.partition("/")
    try:
        paper = await ports.neighbours.get(service, f"/{path.format(id=quote(about))}", SanctionPaper)
    except NotFound:
        return []
    content = b64decode(paper.content)
    if len(content) > LARGEST:
        said = fields(letter=letter, outcome="left out")
        log.warning("paper %s is too large for a letter: %d bytes", about, len(content), extra=said)
        return []
    return [Attachment(paper.name, PDF, content)]
