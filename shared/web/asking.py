"""What an endpoint is asked: by whom, when, of which document and, where something is changed, of which version."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from shared.keeping.asked import Asked
from shared.ports import Clock
from shared.web.access import By
from shared.web.preconditions import ExpectedVersion


def _asked(request: Request, by: By) -> Asked:
    clock: Clock = request.app.state.clock
    return Asked(by, clock.now())


def _expecting(request: Request, by: By, expected_version: ExpectedVersion) -> Asked:
    clock: Clock = request.app.state.clock
    return Asked(by, clock.now(), expected_version)


Asking = Annotated[Asked, Depends(_asked)]
"""For reading, and for what is made anew."""

Expecting = Annotated[Asked, Depends(_expecting)]
"""For what changes a document that the caller read; needs `If-Match`."""

DocumentId = Annotated[str, Path(description="文档编号 · id of the document")]
