"""What proves that somebody holds the certificate they ask about, compared in constant time.

Each is asked with or without a certificate found, so that an unknown number and a wrong proof take the same way.
"""

from __future__ import annotations

import hmac

from services.certificate.certificates.certificate import Certificate
from shared.trade.names import name_key
from shared.trade.numbers.spelling import normalise

SHORTEST_TAIL = 4  # characters of an identity number


def is_holder(found: Certificate | None, name: str, id_last: str) -> bool:
    """The name and the last characters of the identity number, as far as they are given."""
    fits = found is not None
    if name.strip():
        fits &= _same(name_key(found.holder.name) if found else "", name_key(name))
    if id_last.strip():
        tail = normalise(id_last)
        fits &= len(tail) >= SHORTEST_TAIL and _same(found.holder.id_number[-len(tail) :] if found else "", tail)
    return fits


def has_key(found: Certificate | None, key: str) -> bool:
    """The 96 bits of the QR code."""
    return _same(found.verify_key if found else "", key)


def _same(known: str, given: str) -> bool:
    return bool(known) and hmac.compare_digest(known.encode(), given.encode())
