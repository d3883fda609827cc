"""Which addresses may be written down; where they lead is looked up by whoever calls them (shared.ports.others.receivers)."""

from __future__ import annotations

from urllib.parse import urlsplit

from shared.errors import Invalid, Problem

UNUSABLE = "推送地址不能使用 · this address cannot be used"
WHERE = "/address"


def must_be_usable(address: str, plain_http: bool) -> None:
    """plain_http: whether `http://` may be called too. Raises Invalid."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _wrong("不是完整的网址 · is not a whole URL") from error
    if parts.scheme not in (("https", "http") if plain_http else ("https",)):
        raise _wrong("应以 `https://` 开头 · begins with `https://`")
    if not host:
        raise _wrong("没有主机名 · names no host")
    if parts.username is not None or parts.password is not None:
        raise _wrong("不得带用户名和密码，应核对签名 · holds no user and password: check the signature instead")
    if parts.fragment or "#" in address:
        raise _wrong("不得带 `#` · has no `#`")
    if not address.isascii() or any(
        character <= " " or character == "\x7f" or character == "\\" for character in address
    ):
        raise _wrong("含有网址中不能有的字符 · holds characters that a URL has not")


def _wrong(what: str) -> Invalid:
    return Invalid(UNUSABLE, [Problem(WHERE, what)])
