"""Files locked as Excel locks them, made from the formats' rules: nobody ships a writer of the old kinds."""

from __future__ import annotations

import hashlib
import io
import struct
from typing import Final, Literal

import olefile
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.xor_obfuscation import DocumentXOR

from tests.unit.reporting.workbooks.old_excel import record, streams

EXCELS_OWN: Final = "VelvetSweatshop"
SALT: Final = bytes(range(16))
VERIFIER: Final = b"sixteen bytes..."
ROUNDS: Final = 50_000  # of the standard kind, which a file does not say


def locked_xlsx(content: bytes, password: str = EXCELS_OWN) -> bytes:
    """The kind of today ("agile")."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def described_as(content: bytes, old: bytes, new: bytes) -> bytes:
    """old, new: as long as each other, in the stream that says how the package is encrypted."""
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        description = container.openstream("EncryptionInfo").read()
        package = container.openstream("EncryptedPackage").read()
    assert old in description
    return streams({"EncryptionInfo": description.replace(old, new).ljust(4096), "EncryptedPackage": package})


def locked_by_2007(content: bytes, password: str = EXCELS_OWN) -> bytes:
    """The kind of Excel 2007 ("standard"): AES of 128 bits."""
    key = hashlib.sha1(SALT + password.encode("utf-16-le")).digest()
    for n in range(ROUNDS):
        key = hashlib.sha1(struct.pack("<I", n) + key).digest()
    key = hashlib.sha1(key + bytes(4)).digest()
    key = hashlib.sha1(bytes(byte ^ 0x36 for byte in key.ljust(64, b"\0"))).digest()[:16]

    def encrypted(plain: bytes) -> bytes:
        turn = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        return turn.update(plain.ljust(-(-len(plain) // 16) * 16, b"\0"))

    name = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<IIIIIIII", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + name
    check = struct.pack("<I", 16) + SALT + encrypted(VERIFIER) + struct.pack("<I", 20)
    check += encrypted(hashlib.sha1(VERIFIER).digest())
    description = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + check
    package = struct.pack("<Q", len(content)) + encrypted(content)
    return streams({"EncryptionInfo": description, "EncryptedPackage": package})


# --- .xls -----------------------------------------------------------------------------------------------------------------

Sort = Literal["mask", "RC4", "CryptoAPI"]


def locked_xls(content: bytes, sort: Sort, password: str = EXCELS_OWN) -> bytes:
    """content: an .xls whose sheets are listed right after its beginning, as all programs do."""
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        stream = container.openstream("Workbook").read()
    mark = record(0x002F, _file_pass(sort, password))
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    parts = []
    for kind, body in _records(stream):
        if kind == 0x0085:  # where each sheet begins
            body = struct.pack("<I", struct.unpack_from("<I", body)[0] + len(mark)) + body[4:]
        parts.append(record(kind, body))
    plain = b"".join(parts)
    plain = plain[:first] + mark + plain[first:]
    return streams({"Workbook": _locked(plain, sort, password)})


def _records(stream: bytes) -> list[tuple[int, bytes]]:
    found, place = [], 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        found.append((kind, stream[place + 4 : place + 4 + length]))
        place += 4 + length
    return found


def _file_pass(sort: Sort, password: str) -> bytes:
    if sort == "mask":
        return struct.pack("<HHH", 0, DocumentXOR.create_xor_key_method1(password), 0x9A0A)
    turn = _rc4(sort, password, 0)
    if sort == "RC4":
        return struct.pack("<HHH", 1, 1, 1) + SALT + turn.update(VERIFIER) + turn.update(hashlib.md5(VERIFIER).digest())
    name = "Microsoft Enhanced Cryptographic Provider v1.0\0".encode("utf-16-le")
    header = struct.pack("<IIIIIIII", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + name
    check = struct.pack("<I", 16) + SALT + turn.update(VERIFIER) + struct.pack("<I", 20)
    return (
        struct.pack("<HHHII", 1, 2, 2, 4, len(header)) + header + check + turn.update(hashlib.sha1(VERIFIER).digest())
    )


def _rc4(sort: Sort, password: str, block: int):  # type: ignore[no-untyped-def]  # the library does not name it
    text, number = password.encode("utf-16-le"), struct.pack("<I", block)
    if sort == "RC4":
        short = hashlib.md5((hashlib.md5(text).digest()[:5] + SALT) * 16).digest()[:5]
        key = hashlib.md5(short + number).digest()
    else:
        key = hashlib.sha1(hashlib.sha1(SALT + text).digest() + number).digest()[:16]
    return Cipher(ARC4(key), mode=None).encryptor()


def _locked(plain: bytes, sort: Sort, password: str) -> bytes:
    if sort == "mask":
        under = DocumentXOR.create_xor_array_method1(password)
    else:
        blocks = [plain[start : start + 1024] for start in range(0, len(plain), 1024)]
        ciphered = b"".join(_rc4(sort, password, n).update(block) for n, block in enumerate(blocks))
    out, place = bytearray(plain), 0
    for kind, body in _records(plain):
        place += 4
        for n in range(4 if kind == 0x0085 else 0, 0 if kind in (0x0809, 0x002F, 0x00E1) else len(body)):
            if sort == "mask":
                turned = (body[n] << 5 | body[n] >> 3) & 0xFF
                out[place + n] = turned ^ under[(place + len(body) + n) % 16]
            else:
                out[place + n] = ciphered[place + n]
        place += len(body)
    return bytes(out)
