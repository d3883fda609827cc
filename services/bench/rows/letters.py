"""Letters from the outbox to the post: relay and worker of the notification service, as they run in one process, to a sink
of this machine and into the mail folder; against prepared messages, handed over by the same library or written alone. To the mail
server once more with a signature (DKIM), which both sides make."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import aiosmtplib
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.sink import letters_sink
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import DUE, Mailing
from services.runtime import launch
from services.runtime.catalogue import REGISTER
from services.runtime.provision import own_passwords, provision
from shared.adapters.mail.signed import SHORTEST, Signer
from shared.durable import write_durably
from shared.keeping import repository

SESSIONS = 4
DOMAIN, SELECTOR = "example.org", "bench"
TIMES = 3
LOOK = 0.05  # seconds between two looks whether all are gone
VALUES = {
    "to_zh": "张三",
    "occupation_zh": "车工",
    "occupation_en": "turner (lathe operator)",
    "level_zh": "中级工",
    "level_en": "level 4",
    "number": "2649053012400001",
    "unit_zh": "示例机床集团鉴定站",
    "unit_en": "Example Machine Tool Group Station",
    "carrier": "中国邮政EMS",
    "parcel": "EA49053012CN",
    "verify_url": "https://certificates.example.org/certificate/v/2649053012400001/abcdefghijklmnop",
    "title_zh": "职业资格证书",
    "title_en": "Certificates",
    "centre_zh": "示例机械工业职业技能鉴定指导中心",
    "centre_en": "Example Machinery Appraisal Guidance Centre",
    "centre_email": "office@example.org",
    "site": "https://certificates.example.org",
    "id": "2026-49053012-1",
    "training": False,
}


def measure(place: Place, size: int) -> list[Figure]:
    """size: letters of each turn."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    prepared, signing = _prepared(), signing_key(place)
    with letters_sink() as port:
        address = f"smtp+plaintext://127.0.0.1:{port}"
        posted, handed = await _turns(place, address, size, _Post(port, prepared, size))
        signer = Signer(DOMAIN, SELECTOR, signing["dkim_key"])
        signed, handed_signed = await _turns(place, address, size, _Post(port, prepared, size, signer), **signing)
    beside = f"aiosmtplib，{SESSIONS} 个会话发送备好的信 · {SESSIONS} sessions with prepared letters"
    filed, written = await _turns(place, f"folder:{place.folder / 'mail'}", size, _Files(place, prepared, size))
    return [
        Figure("发往邮件服务器 · to a mail server", size / posted, "/s", size / handed, beside),
        Figure(
            "签名后发往邮件服务器 · signed, to a mail server",
            size / signed,
            "/s",
            size / handed_signed,
            "同上，也签名 · the same, which signs too",
        ),
        Figure(
            "写入信函文件夹 · into the mail folder", size / filed, "/s", size / written, "只写文件 · only writing files"
        ),
    ]


def signing_key(place: Place) -> dict[str, Any]:
    """Settings with a fresh key, by which letters are signed."""
    key = generate_private_key(65537, SHORTEST)
    file = place.folder / "dkim.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {"dkim_domain": DOMAIN, "dkim_selector": SELECTOR, "dkim_key": file}


async def _turns(place: Place, mail: str, size: int, peer: Any, **signing: Any) -> tuple[float, float]:
    """Median seconds of ours and of the peer, by turns."""
    settings = home.settings(place, mail=mail, **signing)
    passwords = own_passwords(settings)
    await provision(settings, passwords, server_users=False)
    sides: list[list[float]] = [[], []]
    for _ in range(TIMES):
        async with home.store_of(place, "notification") as store:
            for n in range(size):
                mailing = _mailing(f"{time.perf_counter_ns():x}-{n}")
                mailing.plan()
                await repository.add(store, mailing)
            running = launch.build(settings, ("notification",), ("worker", "relay"), passwords)
            before = time.perf_counter()
            jobs = [asyncio.create_task(job()) for job in running.jobs.values()]
            while await store.count(Mailing.KIND, {"state": DUE}):  # noqa: ASYNC110  nothing tells of the last one
                await asyncio.sleep(LOOK)
            sides[0].append(time.perf_counter() - before)
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await close_all(running)
        before = time.perf_counter()
        await peer()
        sides[1].append(time.perf_counter() - before)
    return sorted(sides[0])[TIMES // 2], sorted(sides[1])[TIMES // 2]


async def close_all(running: launch.Running) -> None:
    for close in reversed(running.closing):
        await close()


def _mailing(id: str) -> Mailing:
    return Mailing(
        id=id,
        letter="certificate-on-its-way",
        to="candidate@example.org",
        to_name="张三",
        body="49053012",
        path=f"/{home.CENTRE}/49050001/49053012/",
        subject_of="2026-49053012-1",
        fact="bench",
        values=dict(VALUES),
        planned_at=home.now(),
    )


def _prepared() -> bytes:
    """The very letter, composed before the clock starts."""
    writer, mailing = LetterWriter(REGISTER.templates.values()), _mailing("bench")
    letter = writer.compose(
        mailing=mailing.id,
        letter=mailing.letter,
        values=mailing.values,
        to_name=mailing.to_name,
        to=mailing.to,
        sender="示例中心 <office@example.org>",
        at=mailing.planned_at,
    )
    return letter.content


class _Post:
    def __init__(self, port: int, prepared: bytes, size: int, signer: Signer | None = None) -> None:
        self._port, self._prepared, self._left = port, prepared, 0
        self._size, self._signer = size, signer

    async def __call__(self) -> None:
        self._left = self._size
        await asyncio.gather(*(self._session() for _ in range(SESSIONS)))

    async def _session(self) -> None:
        session = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._port, start_tls=False)
        async with session:
            while self._left > 0:
                self._left -= 1
                content = self._signer.signed(self._prepared) if self._signer else self._prepared
                await session.sendmail("office@example.org", ["candidate@example.org"], content)


class _Files:
    def __init__(self, place: Place, prepared: bytes, size: int) -> None:
        self._folder, self._prepared, self._size = place.folder / "written", prepared, size

    async def __call__(self) -> None:
        await asyncio.to_thread(self._write, self._folder / f"{time.perf_counter_ns():x}")

    def _write(self, folder: Path) -> None:
        for n in range(self._size):
            write_durably(folder / f"{n}.eml", self._prepared)


ROW = Row(
    what="信函 · letters",
    goal="≥ 0.7；文件夹 · folder ≥ 400/s",
    sizes=(1_000,),
    quick=200,
    tiny=3,
    measure=measure,
    servers=True,
)
