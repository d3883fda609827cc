"""Files on their way in."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from tempfile import SpooledTemporaryFile
from typing import Final

from starlette.datastructures import UploadFile
from starlette.requests import Request

from shared.errors import Invalid, Unavailable

MOST_FILES: Final = 8
MOST_OF_ONE: Final = 2
"""Of the same person. Whoever sends a KB a second is waited for, so one who sends eight files that way would keep all others
out for hours."""
IN_MEMORY: Final = 1024 * 1024  # bytes of a file; what is larger waits on the disk
PIECE: Final = 256 * 1024  # bytes


class Places:
    """For files, from their arrival until they are done with. most: how many at a time; their sum must fit into the temporary
    folder, which in a container is memory."""

    def __init__(self, most: int = MOST_FILES) -> None:
        self._most = most
        self._by_person: Counter[str] = Counter()

    @contextmanager
    def taken(self, person: str) -> Iterator[None]:
        """person: id of the account that sends it. Raises Unavailable when there are too many."""
        if self._by_person.total() >= self._most:
            raise Unavailable("正在接收的文件过多，请稍后再试 · too many files are arriving, try again later")
        if self._by_person[person] >= MOST_OF_ONE:
            raise Unavailable(
                "您的其他文件尚在接收，请稍后再试 · other files of yours are still arriving, try again later"
            )
        self._by_person[person] += 1
        try:
            yield
        finally:
            self._by_person[person] -= 1
            if not self._by_person[person]:
                del self._by_person[person]


class Spool:
    """Where files wait until they are read. most: how many at a time, those that are still arriving included."""

    def __init__(self, most: int = MOST_FILES) -> None:
        self._places = Places(most)

    @asynccontextmanager
    async def whole(self, request: Request, person: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The body, to be read once, in pieces. All of it has arrived, so that nobody else waits for a slow line; it is
        not held in our own memory, and gone at the end. person: id of the account that sends it.

        Raises Invalid for a form; Unavailable when there are too many, or the disk does not take it; ClientDisconnect."""
        must_be_the_file(request)
        with self._places.taken(person), SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            upload = UploadFile(file)  # type: ignore[arg-type]  # reads and writes in a thread what is on the disk
            await _fill(upload, request)
            yield _pieces(upload)


def must_be_the_file(request: Request) -> None:
    """A form with a file inside is what browsers and many tools send. Raises Invalid."""
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise Invalid(
            "请直接发送文件本身，不要放在表单（multipart/form-data）里，如 `curl -T 文件名 地址` · "
            "send the file itself as the content, not inside a form (multipart/form-data): curl -T file address"
        )


async def _fill(upload: UploadFile, request: Request) -> None:
    async for piece in request.stream():
        try:
            await upload.write(piece)
        except OSError as error:
            raise Unavailable(
                "磁盘无法存放上传的文件，请稍后再试，并告知运行管理员 · "
                f"the disk does not take what is sent ({error.strerror}): try again later, and tell the operator"
            ) from error
    await upload.seek(0)


async def _pieces(upload: UploadFile) -> AsyncIterator[bytes]:
    while piece := await upload.read(PIECE):
        yield piece
