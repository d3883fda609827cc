"""Why a letter could not be delivered, as an office has to know it; and what a mail server's answer says of that: its code (RFC
5321), the finer one (RFC 3463) where there is one, and the words of servers that give none."""

from __future__ import annotations

import re
from typing import Final, Literal

Cause = Literal["no_such_address", "not_accepting", "failed"]
NO_SUCH_ADDRESS: Final = "no_such_address"
"""The address does not exist: writing to it again is of no use before somebody mended it."""
NOT_ACCEPTING: Final = "not_accepting"
"""It exists, and takes nothing: full, locked, or waiting for a second try."""
FAILED: Final = "failed"
"""Something technical that is no fault of the address: our standing, the letter's size, a server between."""

_FINER = re.compile(r"(?<![\d.])[245]\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_OF_ADDRESS = frozenset({0, 1, 2, 3, 4, 6, 10})
"""5.1.x that speak of the recipient; 5.1.7 and 5.1.8 are about the sender."""
_NOT_THE_ADDRESS = re.compile(
    r"spam|polic|reject|block|black|denied|deny|authenti|spf|dkim|dmarc|reputation|too many|frequen|limit|relay|size|suspicious"
    r"|拒绝|黑名单|频率|频繁|限制|垃圾|可疑",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(user|mailbox|recipient|account|address)\W.*?(not (be )?(found|exist)|unknown|no longer|invalid)"
    r"|unknown (user|recipient|mailbox|local)|no such|invalid (recipient|mailbox|address|user)|doesn'?t exist|不存在|无此|查无",
    re.IGNORECASE,
)
_FULL = re.compile(r"full|over ?quota|quota|disabled|suspended|inactive|locked|已满|容量|停用|冻结|禁用", re.IGNORECASE)
_FULL_CODES = frozenset({452, 552})
_RECIPIENT_CODES = frozenset({450, 550, 551, 553})
_LOOKED_THROUGH: Final = 2000
"""Characters of an answer. Anybody may have written it, and the patterns go over the rest of it from each word that they know."""


def cause_of(code: int, said: str, of_recipient: bool) -> Cause:
    """code: of RFC 5321; 0 where only words are known. of_recipient: whether it answered the address, not the letter."""
    said = said[:_LOOKED_THROUGH]
    finer = _FINER.search(said)
    if finer is not None:
        subject, detail = int(finer[1]), int(finer[2])
        if subject == 1 and detail in _OF_ADDRESS:
            return NO_SUCH_ADDRESS
        if subject == 2:
            return NO_SUCH_ADDRESS if _UNKNOWN.search(said) and not _FULL.search(said) else NOT_ACCEPTING
        if (subject, detail) != (0, 0):
            # Some say 5.4.1 or 5.7.1 for a mailbox that is not there; only their words tell.
            return NO_SUCH_ADDRESS if of_recipient and _UNKNOWN.search(said) else FAILED
    if _UNKNOWN.search(said):
        return NO_SUCH_ADDRESS
    if _FULL.search(said):
        return NOT_ACCEPTING
    if not of_recipient or _NOT_THE_ADDRESS.search(said):
        return FAILED
    if code in _FULL_CODES:
        return NOT_ACCEPTING
    return (NOT_ACCEPTING if code < 500 else NO_SUCH_ADDRESS) if code in _RECIPIENT_CODES else FAILED
