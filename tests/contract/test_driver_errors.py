"""No exception of a driver leaves its adapter: every class there is becomes one of ours."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import aio_pika.exceptions
import aiormq.exceptions
import pymongo.errors
import pytest
from bson.errors import InvalidDocument

from shared.adapters.mongo import MongoStore
from shared.adapters.rabbitmq.link import Driver
from shared.errors import Unavailable


def classes(module: object) -> Iterator[type[Exception]]:
    for _, found in inspect.getmembers(module, inspect.isclass):
        if issubclass(found, Exception) and not issubclass(found, Warning):
            yield found


def made(kind: type[Exception]) -> Exception:
    """One of this class, whatever its constructor wants."""
    error = kind.__new__(kind)
    Exception.__init__(error, "from the driver")
    for name in ("_message", "_OperationFailure__code", "_OperationFailure__details", "_error_labels"):
        if not hasattr(error, name):
            setattr(error, name, "" if name == "_message" else None)
    return error


@pytest.mark.parametrize("kind", [*classes(pymongo.errors)], ids=lambda kind: kind.__name__)
async def test_mongodb(kind: type[Exception]) -> None:
    store = MongoStore("mongodb://127.0.0.1:9", "nothing", ())
    expected: type[Exception] = Unavailable
    if not issubclass(kind, pymongo.errors.PyMongoError) and issubclass(kind, InvalidDocument):
        expected = ValueError
    with pytest.raises(expected) as caught, store._driver():
        raise made(kind)
    if expected is Unavailable:
        assert isinstance(caught.value, Unavailable)
        assert caught.value.ping is not None
    await store.close()


@pytest.mark.parametrize(
    "kind",
    [*classes(aio_pika.exceptions), *classes(aiormq.exceptions), OSError, RuntimeError, TimeoutError, Exception],
    ids=lambda kind: kind.__name__,
)
async def test_rabbitmq(kind: type[Exception]) -> None:
    with pytest.raises(Unavailable, match="trying"):
        async with Driver("trying", answer):
            raise made(kind)


async def test_a_cancellation_that_nobody_asked_for_is_a_lost_connection() -> None:
    with pytest.raises(Unavailable, match="lost"):
        async with Driver("trying", answer):
            raise asyncio.CancelledError


async def test_a_cancellation_that_somebody_asked_for_stays_one() -> None:
    async def waiting() -> None:
        async with Driver("trying", answer):
            await asyncio.Event().wait()

    task = asyncio.create_task(waiting())
    await asyncio.wait([task], timeout=0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def answer() -> None:
    """A ping."""
