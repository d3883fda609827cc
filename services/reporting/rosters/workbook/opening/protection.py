"""What Excel encrypts without anybody having typed a password. "Protect", "mark as final" and "read-only recommended" of some
versions encrypt the file with a password that is the same everywhere, and Excel opens it again without a question; so do we.
A password that somebody chose is nobody's business but theirs: the sentence asks to remove it.

Raises Invalid for a real password, and for numbers in the file that would cost more than any program's do."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final
from xml.parsers.expat import ExpatError

from services.reporting.rosters.workbook.opening.biff import BOF, BOUNDSHEET, FILEPASS, records
from services.reporting.rosters.workbook.opening.compound import DAMAGE, container, read_stream
from services.reporting.rosters.workbook.opening.traits import ENCRYPTED, UNREADABLE
from shared.errors import Invalid

if TYPE_CHECKING:
    import olefile

PASSWORD: Final = "VelvetSweatshop"  # Excel's own, published by its makers
MOST_ROUNDS: Final = 200_000
"""Of the hash that makes a key; Excel takes 100,000. A file may ask for 10,000,000, which is half a minute."""
LONGEST_DESCRIPTION: Final = 64 * 1024  # bytes of the stream that says how a package is encrypted; Excel writes 2,000

_NEVER_ENCRYPTED: Final = frozenset((BOF, FILEPASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138))
"""Records, besides these, have plain headers only."""
_KEY_BLOCK: Final = 1024  # bytes of an .xls that one key is for


def unlocked(content: bytes) -> bytes:
    """A compound file that needs no password: the same one, the .xls without its encryption, or the .xlsx that was in it.

    Raises Invalid."""
    try:
        with container(content) as streams:
            if streams.exists("EncryptedPackage"):
                return _package(content, streams)
            if not streams.exists("Workbook"):
                return content
            stream = read_stream(streams, "Workbook", len(content))
            if not _is_locked(stream):
                return content
        return _with_workbook(content, _records(content, stream))
    except (*DAMAGE, ExpatError, AttributeError, TypeError) as error:
        raise Invalid(UNREADABLE) from error


# --- .xlsx ----------------------------------------------------------------------------------------------------------------


def _package(content: bytes, streams: olefile.OleFileIO) -> bytes:
    """Raises Invalid, and what DAMAGE lists."""
    # Loaded for these files alone.
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    if not streams.exists("EncryptionInfo"):  # rights of a company's server
        raise Invalid(ENCRYPTED)
    if len(read_stream(streams, "EncryptionInfo", len(content))) > LONGEST_DESCRIPTION:
        raise ValueError("a description longer than any program's")
    read_stream(streams, "EncryptedPackage", len(content))  # measures it
    out = io.BytesIO()
    try:
        package = OOXMLFile(io.BytesIO(content))
        if package.type == "agile" and package.info["spinValue"] > MOST_ROUNDS:
            raise Invalid(ENCRYPTED)
        package.load_key(password=PASSWORD, verify_password=True)
        package.decrypt(out)
    except (DecryptionError, FileFormatError, InvalidKeyError) as error:
        raise Invalid(ENCRYPTED) from error
    return out.getvalue()


# --- .xls -----------------------------------------------------------------------------------------------------------------


def _is_locked(stream: bytes) -> bool:
    """Whether the records are encrypted: it is said before the first sheet."""
    for place, kind, _ in records(stream):
        if kind == FILEPASS:
            return True
        if kind == BOF and place:
            break
    return False


def _records(content: bytes, stream: bytes) -> bytes:
    """The stream without its encryption; the record that says so becomes one that nobody reads.

    Raises Invalid, and what DAMAGE lists."""
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError, ParseError
    from msoffcrypto.format.xls97 import Xls97File
    from msoffcrypto.method.rc4 import DocumentRC4
    from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
    from msoffcrypto.method.xor_obfuscation import DocumentXOR

    try:
        file: Any = Xls97File(io.BytesIO(content))
        file.load_key(password=PASSWORD)
        if file.type == "xor":
            return _without_mask(stream, bytes(DocumentXOR.create_xor_array_method1(PASSWORD)))
        if file.type == "rc4":
            plain = DocumentRC4.decrypt(PASSWORD, file.salt, io.BytesIO(stream), blocksize=_KEY_BLOCK)
        else:
            plain = DocumentRC4CryptoAPI.decrypt(
                PASSWORD, file.salt, file.keySize, io.BytesIO(stream), blocksize=_KEY_BLOCK
            )
    except (DecryptionError, InvalidKeyError, ParseError, AssertionError, AttributeError) as error:
        raise Invalid(ENCRYPTED) from error
    out = bytearray(plain.read())
    for place, kind, body in records(stream):
        kept = 4 + _in_the_open(kind, body)
        out[place : place + kept] = stream[place : place + kept]
        if kind == FILEPASS:
            out[place : place + 2] = bytes(2)
    return bytes(out)


def _without_mask(stream: bytes, mask: bytes) -> bytes:
    """The oldest kind: every byte was turned, and laid under sixteen bytes over and over."""
    turned = bytes((byte << 3 | byte >> 5) & 0xFF for byte in range(256))
    longest = mask * (0xFFFF // 16 + 2)
    out = bytearray(stream)
    for place, kind, body in records(stream):
        kept, size, start = _in_the_open(kind, body), len(body), place + 4
        if kept < size:
            phase = (start + size) % 16
            under = int.from_bytes(body) ^ int.from_bytes(longest[phase : phase + size])
            out[start + kept : start + size] = under.to_bytes(size).translate(turned)[kept:]
        if kind == FILEPASS:
            out[place : place + 2] = bytes(2)
    return bytes(out)


def _in_the_open(kind: int, body: bytes) -> int:
    """Bytes of a record's body that are never encrypted."""
    if kind in _NEVER_ENCRYPTED:
        return len(body)
    return 4 if kind == BOUNDSHEET else 0  # where the sheet begins


def _with_workbook(content: bytes, stream: bytes) -> bytes:
    """The compound file with another stream of the same length. Raises what DAMAGE lists."""
    import olefile

    file = io.BytesIO(content)
    with olefile.OleFileIO(file, write_mode=True) as streams:
        streams.write_stream("Workbook", stream)
        return file.getvalue()
