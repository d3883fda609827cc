"""Letters are signed so that a library which is not ours finds the signature good; and a key that signs nothing is refused."""

from __future__ import annotations

import base64
from email import message_from_bytes
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.notification.letters.letter import LetterWriter
from services.notification.settings import NotificationSettings
from services.runtime import wiring
from services.runtime.catalogue import REGISTER, WholeSettings
from shared.adapters.mail.signed import SIGNED
from shared.errors import Invalid
from shared.ports import ReadyLetter
from tests.contract.test_mailer import a_letter
from tests.unit.notification.test_mailing import NOW, VALUES
from tests.world.clock import HandClock

DOMAIN, SELECTOR = "jianding.example", "k1"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def stored(folder: Path, key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> Path:
    place = folder / "dkim.pem"
    place.write_bytes(key.private_bytes(Encoding.PEM, form, NoEncryption()))
    return place


class Box:
    def __init__(self) -> None:
        self.letters: list[ReadyLetter] = []

    async def send(self, letter: ReadyLetter) -> None:
        self.letters.append(letter)

    async def close(self) -> None:
        """Nothing is held open."""


def dressed(box: Box, key: Path | None) -> Any:
    return wiring.dressed(box, WholeSettings(dkim_domain=DOMAIN, dkim_selector=SELECTOR, dkim_key=key), HandClock())


def is_good(content: bytes, key: rsa.RSAPrivateKey) -> bool:
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def published(name: bytes, timeout: int = 5) -> bytes:
        assert name == f"{SELECTOR}._domainkey.{DOMAIN}.".encode()
        return b"v=DKIM1; k=rsa; p=" + public

    return bool(dkim.verify(content, dnsfunc=published))


def a_letter_with_all_headers() -> ReadyLetter:
    return LetterWriter(REGISTER.templates.values()).compose(
        mailing="m1",
        letter="returned",
        values=VALUES,
        to_name="示例站",
        to="office@station.example",
        sender="鉴定中心 <no-reply@jianding.example>",
        at=NOW,
        reply_to="help@branch.example",
        unsubscribe="https://certificates.example.org/notification/unsubscribing/m1.x",
    )


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("letter", [a_letter(), a_letter_with_all_headers()], ids=["bare", "with all headers"])
async def test_a_signature_holds(
    tmp_path: Path, key: rsa.RSAPrivateKey, letter: ReadyLetter, form: PrivateFormat
) -> None:
    box = Box()
    await dressed(box, stored(tmp_path, key, form)).send(letter)
    (sent,) = box.letters
    assert is_good(sent.content, key)
    assert sent.content.endswith(letter.content), "what was written is left as it is"
    assert sent.message_id == letter.message_id
    signature = "".join(str(message_from_bytes(sent.content)["DKIM-Signature"]).split())
    signed = signature.partition(";h=")[2].partition(";")[0].split(":")
    assert {name.decode().lower() for name in SIGNED} <= set(signed)


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        (b"Subject: ", b"Subject: x "),
        (b"List-Unsubscribe: <https://certificates", b"List-Unsubscribe: <https://elsewhere"),
        (b"Reply-To: help@", b"Reply-To: thief@"),
        (b"\r\n\r\n--", b"\r\n\r\nadded\r\n--"),
    ],
)
async def test_whatever_is_changed_on_the_way_is_noticed(
    tmp_path: Path, key: rsa.RSAPrivateKey, what: bytes, instead: bytes
) -> None:
    box = Box()
    await dressed(box, stored(tmp_path, key)).send(a_letter_with_all_headers())
    content = box.letters[0].content
    assert what in content
    assert not is_good(content.replace(what, instead, 1), key)


async def test_nobody_adds_an_address_that_unsubscribes(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    box = Box()
    await dressed(box, stored(tmp_path, key)).send(a_letter())
    head, _, body = box.letters[0].content.partition(b"\r\n\r\n")
    added = head + b"\r\nList-Unsubscribe: <https://elsewhere.example>\r\n\r\n" + body
    assert not is_good(added, key)


def test_keys_that_sign_nothing_are_refused_at_the_start(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no key")
    short = stored(tmp_path, rsa.generate_private_key(65537, 1024))
    for place, why in ((None, "DKIM_KEY"), (tmp_path / "none", "cannot be read"), (broken, "PEM"), (short, "2048")):
        with pytest.raises(Invalid, match=why):
            dressed(Box(), place)
    curve = stored(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Invalid, match="RSA"):
        dressed(Box(), curve)


def test_without_a_domain_nothing_is_signed() -> None:
    box = Box()
    assert wiring.dressed(box, WholeSettings(), HandClock()) is box


@pytest.mark.parametrize("domain", ["example..org", ".example.org", "a" * 64 + ".org"])
def test_a_domain_that_is_none_is_refused_with_a_sentence(key: rsa.RSAPrivateKey, tmp_path: Path, domain: str) -> None:
    settings = WholeSettings(dkim_domain=domain, dkim_selector=SELECTOR, dkim_key=stored(tmp_path, key))
    with pytest.raises(Invalid, match=r"JIANDING_DKIM_DOMAIN.*is no domain"):
        wiring.dressed(Box(), settings, HandClock())


@pytest.mark.parametrize("sender", ["", "鉴定中心", "鉴定中心 <no-reply>", "a@b@c"])
def test_a_sender_without_a_mailbox_refuses_the_start(sender: str) -> None:
    """Otherwise each letter would fail by itself."""
    with pytest.raises(ValueError, match="names no mailbox"):
        NotificationSettings(mail_from=sender)
