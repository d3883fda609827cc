"""Letters travel encrypted, to the server that is meant, or not at all; passwords in any case."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.runtime import wiring
from services.runtime.catalogue import WholeSettings
from shared.adapters.mail.smtp import SmtpMailer
from shared.errors import Invalid, Unavailable
from tests.contract.test_mailer import a_letter

LONG_AGO, FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
USER = "centre:p%40ss%3Aword@"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Certificate and key in one file, for an address; issued by itself."""
    folder = tmp_path_factory.mktemp("certificates")

    def made(address: str) -> Path:
        place = folder / f"{address}.pem"
        if not place.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "post.example")])
            certificate = (
                x509.CertificateBuilder()
                .subject_name(name)
                .issuer_name(name)
                .public_key(key.public_key())
                .serial_number(1)
                .not_valid_before(LONG_AGO)
                .not_valid_after(FAR_OFF)
                .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
                .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
                .sign(key, hashes.SHA256())
            )
            place.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
                + certificate.public_bytes(serialization.Encoding.PEM)
            )
        return place

    return made


class Office:
    """A mail server that takes every password it is offered, encrypted or not, and notes what reaches it."""

    def __init__(self) -> None:
        self.port = 0
        self.logins: list[tuple[bytes, bytes, bool]] = []  # name, password, whether it came encrypted
        self.letters: list[bool] = []  # whether it came encrypted
        self.said: list[str] = []

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, credentials: Any) -> AuthResult:
        self.logins.append((credentials.login, credentials.password, session.ssl is not None))
        right = (credentials.login, credentials.password) == (b"centre", b"p@ss:word")
        return AuthResult(success=right, handled=False)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.said.append("EHLO")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.said.append("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.letters.append(session.ssl is not None)
        return "250 OK"


@asynccontextmanager
async def an_office(certificate: Path | None, *, from_the_start: bool = False) -> AsyncIterator[Office]:
    """certificate: none for a server without TLS."""
    office, context = Office(), None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def protocol() -> SMTP:
        return SMTP(
            office,
            hostname="post.example",
            authenticator=office.authenticate,
            auth_require_tls=False,
            tls_context=None if from_the_start else context,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if from_the_start else None)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await asyncio.wait_for(server.wait_closed(), 5)


@pytest.fixture
async def office_port() -> AsyncIterator[int]:
    """Of a server without TLS."""
    async with an_office(None) as office:
        yield office.port


async def sent(url: str) -> None:
    mailer = SmtpMailer(url)
    try:
        await mailer.send(a_letter())
    finally:
        await mailer.close()


@pytest.mark.parametrize("user", ["", USER])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_letters_and_passwords_travel_encrypted(
    certificates: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, scheme: str, user: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates("127.0.0.1")))
    async with an_office(certificates("127.0.0.1"), from_the_start=scheme == "smtps") as office:
        await sent(f"{scheme}://{user}127.0.0.1:{office.port}")
        assert office.letters == [True] or scheme == "smtps"  # whose sessions do not know that they are encrypted
        assert len(office.letters) == 1
        assert [login[:2] for login in office.logins] == ([(b"centre", b"p@ss:word")] if user else [])


async def test_a_wrong_password_closes_the_post_for_now(
    certificates: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates("127.0.0.1")))
    async with an_office(certificates("127.0.0.1")) as office:
        with pytest.raises(Unavailable, match="535"):
            await sent(f"smtp://centre:wrong@127.0.0.1:{office.port}")
        assert office.letters == []


@pytest.mark.parametrize("user", ["", USER])
async def test_a_server_without_starttls_gets_nothing(user: str) -> None:
    async with an_office(None) as office:
        with pytest.raises(Unavailable, match=r"不提供 STARTTLS.*offers no STARTTLS.*smtps://"):
            await sent(f"smtp://{user}127.0.0.1:{office.port}")
        assert (office.said, office.logins, office.letters) == (["EHLO"], [], [])


async def test_letters_wait_for_a_server_with_starttls(office_port: int) -> None:
    """What is wrong is the server, not a letter: the post is closed until somebody mends that."""
    mailer = SmtpMailer(f"smtp://127.0.0.1:{office_port}")
    with pytest.raises(Unavailable) as caught:
        await mailer.send(a_letter())
    assert caught.value.ping is not None
    with pytest.raises(Unavailable, match="STARTTLS"):
        await caught.value.ping()
    await mailer.close()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("fault", ["nobody vouches for it", "it is another's"])
async def test_a_certificate_that_does_not_hold_gets_nothing(
    certificates: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, scheme: str, fault: str
) -> None:
    shown = certificates("127.0.0.1" if fault == "nobody vouches for it" else "192.0.2.7")
    if fault == "it is another's":
        monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    async with an_office(shown, from_the_start=scheme == "smtps") as office:
        with pytest.raises(Unavailable, match=r"(?i)certificate"):
            await sent(f"{scheme}://{USER}127.0.0.1:{office.port}")
        assert (office.logins, office.letters) == ([], [])
        assert "MAIL" not in office.said


@pytest.mark.parametrize("has_starttls", [False, True])
async def test_whoever_says_plaintext_gets_plaintext(certificates: Callable[[str], Path], has_starttls: bool) -> None:
    async with an_office(certificates("127.0.0.1") if has_starttls else None) as office:
        await sent(f"smtp+plaintext://127.0.0.1:{office.port}")
        assert office.letters == [False]


@pytest.mark.parametrize("user", ["centre:p%40ss@", "centre@", ":p@"])
def test_no_password_goes_in_plaintext(user: str) -> None:
    with pytest.raises(Invalid, match="never goes unencrypted"):
        SmtpMailer(f"smtp+plaintext://{user}post.example:25")


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "smtp+plain://post.example",
        "smtp:post.example",
        "smtp://post.example:x",
        "post.example:25",
        "smtp://a:b[@c",
    ],
)
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(Invalid, match=r"JIANDING_MAIL.*smtps://") as refusal:
        wiring.open_mailer(WholeSettings(mail=url))
    assert "smtp+plaintext://" in str(refusal.value)
