"""Signatures are those of Standard Webhooks 1.0; secrets are kept under a key of their own."""

from __future__ import annotations

import base64
import importlib.util
from datetime import UTC, datetime

import pytest

from services.notification.webhooks import keys
from services.notification.webhooks.keys import Seal
from services.notification.webhooks.message import Message, headers
from shared.errors import Invalid, Unavailable

# Of the standard's own description and of all its libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, TIMESTAMP, CONTENT = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_standard() -> None:
    assert keys.signature(keys.read(SECRET), MESSAGE, TIMESTAMP, CONTENT) == SIGNATURE


@pytest.mark.skipif(
    importlib.util.find_spec("standardwebhooks") is None, reason="the standard's library is not installed"
)
def test_the_library_of_the_standard_takes_what_we_send() -> None:
    from standardwebhooks import Webhook as Receiver

    secrets, at = [keys.drawn(), keys.drawn()], datetime.now(UTC)  # its patience goes by the wall clock
    content = '{"名称":"名册"}'.encode()
    sent = headers(Message("49050001/17", 17, content), [keys.read(one) for one in secrets], 20, at)
    for secret in secrets:
        assert Receiver(secret).verify(content, sent) == {"名称": "名册"}
    with pytest.raises(Exception, match="No matching signature"):
        Receiver(keys.drawn()).verify(content, sent)


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [
        ("", "whsec_"),
        ("secret", "whsec_"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "23"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "65"),
        ("whsec_no base64!", "Base64"),
        ("whsec_密钥", "Base64"),
    ],
)
def test_a_secret_that_is_none(secret: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        keys.read(secret)
    (problem,) = refused.value.problems
    assert (problem.where, sentence in problem.what) == ("/secret", True)


def test_what_is_drawn_is_long_enough_and_never_the_same() -> None:
    assert len({keys.drawn() for _ in range(100)}) == 100
    assert len(keys.read(keys.drawn())) == keys.DRAWN


def test_what_is_kept_opens_under_its_key_and_for_its_webhook_only() -> None:
    seal = Seal("a-key-of-the-house")
    closed = seal.close(SECRET, "w")
    assert SECRET not in closed
    assert SECRET.removeprefix("whsec_").encode() not in base64.b64decode(closed)
    assert seal.open(closed, "w") == SECRET
    assert seal.close(SECRET, "w") != closed
    for other, webhook in ((Seal("another-key-of-it"), "w"), (seal, "v"), (Seal(""), "w")):
        with pytest.raises(Unavailable):
            other.open(closed, webhook)
    with pytest.raises(Unavailable, match="JIANDING_WEBHOOK_KEY"):
        Seal("").close(SECRET, "w")
