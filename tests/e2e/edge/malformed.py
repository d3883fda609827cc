"""Requests as no well-meaning program sends them, in bytes. The same in every run."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from tests.openapi.operations import Operation

WORDS = [
    b"", b" ", b"0", b"-1", b"1e400", b"9" * 40, b"1" * 5000, b"NaN", b"null", b"true", b"\x00", b"\xff\xfe",
    b"\xed\xa0\x80", b"%", b"%00", b"%zz", b"%ff", b"%u0041", b"..", b"../..", b"%2e%2e%2f", b"\\", b";", b"'\"<>&",
    b"{}", b"[]", b"a=b&a=c", b"\xe5\xbc\xa0\xe4\xbc\x9f", b"\xf0\xb0\xbb\x9d", b"\xc0\xae", b"2026-02-30",
    b"9999-12-31T24:00:00Z", b"a" * 300, b"a" * 9000, b"\r\nX-Injected: 1", b"\n", b"\t", b"*",
]  # fmt: skip
VALUES = [
    "1e400", "-1e400", "1" * 5000, "1e99999", "NaN", "Infinity", '"\\ud800"', '"\\u0000"', '"\\udc00\\ud800"',
    "[[[]]]", "{}", "null", "true", "0.1", "-0", '""', '"' + "x" * 5000 + '"', '{"a":' * 90 + "1" + "}" * 90,
    "[" * 900 + "]" * 900, '{"$gt":""}', '{"":{"":{}}}',
]  # fmt: skip
JUNK = [
    b"", b"\x00" * 20, b"\xff\xfe\x00\x00", b"\xef\xbb\xbf{}", b"{", b"}", b'"', b"'x'", b'{"a":1,}',
    b'{"a":1}{"b":2}', b'{"a" 1}', b"[" * 100_000, b'{"a":' * 100_000, b"[" * 500 + b"]" * 500, b"9" * 6000, b"1e400",
    b"-", b"\x80abc", b'"\xff"', b'{"a":"\\ud800"}', "{}".encode("utf-16"), "{}".encode("utf-32"),
    b"a=%ff&b=%zz&=&&;", b"a" * 5000, b"&" * 3000, b"a=1&" * 3000, b"PK\x03\x04" + b"\x00" * 26,
    b"<?xml version='1.0'?><a/>",
]  # fmt: skip
TYPES = [
    b"application/json", b"application/json", b"application/json", b"application/json; charset=utf-7",
    b"application/json;;;", b"application/JSON+x", b"text/plain", b"", b"/", b"x/y/z",
    b"application/x-www-form-urlencoded", b"application/x-www-form-urlencoded; charset=none", b"multipart/form-data",
    b"multipart/form-data; boundary=", b"multipart/form-data; boundary=b",
    b"multipart/form-data; boundary=b; charset=none", b"multipart/form-data; boundary=" + b"b" * 300,
    b"multipart/form-data; boundary=\xff", b"\xff\xfe", b"application/octet-stream",
]  # fmt: skip
PARTS = [
    b"--b\r\nContent-Disposition: form-data; name=\"account\"\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data; name=account; filename=\"../x\x00\"\r\nContent-Type: \xff\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data; name=\xff\r\n\r\n\xff\xfe\r\n--b--\r\n", b"--b\r\n\r\n--b\r\n\r\n--b",
    b"--b\r\n" + b"X: y\r\n" * 400 + b"\r\n--b--",
    (b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n") * 1500 + b"--b--\r\n", b"--c--",
]  # fmt: skip
HEADERS = [
    b"Range", b"If-Range", b"If-Match", b"If-None-Match", b"If-Modified-Since", b"Accept", b"Accept-Encoding",
    b"Accept-Language", b"Idempotency-Key", b"X-Correlation-Id", b"X-Forwarded-For", b"X-Forwarded-Proto",
    b"X-Forwarded-Host", b"Forwarded", b"Cookie", b"Origin", b"Upgrade", b"Connection", b"Expect", b"TE", b"Trailer",
    b"Content-Encoding", b"Host", b"Authorization", b"Sec-WebSocket-Key", b"HTTP2-Settings",
    b"X-HTTP-Method-Override",
]  # fmt: skip
TEXTS = [
    b"bytes=0-0,-1", b"bytes=9-1", b"bytes=-" + b"9" * 30, b"bytes=" + b"0-," * 300, b"pages=1", b'"v"', b'"v-1"',
    b'"v' + b"9" * 40 + b'"', b'W/"v1"', b"*", b'"v1", "v2"', b"\xff", b"1.2.3.4, ::1, nonsense", b"[::1",
    b"fe80::1%eth0", b"javascript", b"websocket", b"h2c", b"Basic Og==", b"Bearer", b"Bearer a.b.c",
    b"jianding_oidc=x; jianding_oidc=\xff", b"a=\"b", b"gzip;q=x", b"x" * 4000, b"close, \xff", b"0x10",
    b"Thu, 99 Foo 2026 99:99:99 GMT", b";;;,,,",
]  # fmt: skip
METHODS = [
    b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"get", b"BREW", b"\xff",
    b"G" * 300,
]  # fmt: skip
GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 60, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\r\n\r\n\r\n\r\n", b"\x00" * 50, b"GET\r\n\r\n", b"GET / \r\n\r\n", b"\x05\x01\x00", b"SSH-2.0-x\r\n",
    b"HELO x\r\n", b"AMQP\x00\x00\x09\x01", b"GET / HTTP/1.1\nHost: x\n\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b" GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n continued: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """is_whole: a request that waits for its answer; of anything else nobody knows whether one will come."""

    content: bytes
    is_whole: bool


class Malformed:
    """Of one service: operations, and a token for each (empty for what is open)."""

    def __init__(self, service: str, operations: Sequence[Operation], token_of: Callable[[Operation], bytes]) -> None:
        self._chance = random.Random(service)
        self._service, self._operations, self._token_of = service, operations, token_of

    def next(self) -> Sent:
        match self._chance.randrange(20):
            case 0:
                return Sent(self._garbage(), False)
            case 1 | 2:
                return Sent(self._bitten(self._request()), False)
            case _:
                return Sent(self._request(), True)

    def _one(self, choices: Sequence[bytes]) -> bytes:
        return self._chance.choice(choices)

    def _happens(self, probability: float) -> bool:
        return self._chance.random() < probability

    def _garbage(self) -> bytes:
        return self._one([*GARBAGE, self._chance.randbytes(self._chance.randrange(1, 400))])

    def _bitten(self, request: bytes) -> bytes:
        """With pieces gone, doubled or replaced."""
        for _ in range(self._chance.randrange(1, 4)):
            start = self._chance.randrange(len(request))
            end = min(len(request), start + self._chance.randrange(1, 30))
            bitten = request[start:end]
            put = self._one([b"", bitten * 2, self._chance.randbytes(3), b"\r\n", b"\x00", b" ", b":"])
            request = request[:start] + put + request[end:]
        return request

    def _request(self) -> bytes:
        operation = self._chance.choice(self._operations)
        method = self._one(METHODS) if self._happens(0.05) else operation.method.encode()
        headers: list[bytes] = [] if self._happens(0.02) else [b"Host: x"]
        headers.append(b"Connection: close")
        token = self._token_of(operation)
        if self._happens(0.1):
            token = self._token(token)
        if token:
            headers.append(b"Authorization: Bearer " + token)
        if self._happens(0.9) and method != b"GET":
            headers += [
                b"If-Match: " + self._one([b'"v1"', *TEXTS]),
                b"Idempotency-Key: " + self._one([b"k", *WORDS[:8]]),
            ]
        for _ in range(self._chance.choice([0, 0, 1, 3])):
            headers.append(self._one(HEADERS) + b": " + self._one(TEXTS))
        content = self._content(operation) if method not in (b"GET", b"HEAD") or self._happens(0.1) else None
        if content is not None:
            kind = self._one(TYPES)
            headers.append(b"Content-Type: " + (b"multipart/form-data; boundary=b" if content in PARTS else kind))
        target, framed = self._target(operation), self._framed(content)
        return b"\r\n".join([method + b" " + target + b" HTTP/1.1", *headers, framed])

    def _framed(self, content: bytes | None) -> bytes:
        if content is None:
            return b"\r\n"
        if self._happens(0.8):
            return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
        return (
            b"Transfer-Encoding: chunked\r\n\r\n"
            + (b"%x\r\n%b\r\n" % (len(content), content) if content else b"")
            + b"0\r\n\r\n"
        )

    def _target(self, operation: Operation) -> bytes:
        path = operation.path
        while "{" in path:
            before, _, rest = path.partition("{")
            name, _, after = rest.partition("}")
            likely = [b"49053012", b"49053012-2026-001", b"0", name.encode()]
            word = self._one([*likely, *likely, *WORDS])
            path = before + self._spelt(word) + after
        target = f"/{operation.service}{path}".encode("latin-1")
        if self._happens(0.03):
            target = self._one(
                [
                    b"/",
                    b"*",
                    b"//" + target,
                    target + b"/..",
                    b"http://x" + target,
                    b"/" + self._service.encode() + b"/static/" + self._spelt(self._one(WORDS)).encode("latin-1"),
                ]
            )
        known = [name.encode() for name in operation.parameters("query")]
        asked = [
            self._one([*known, *known, b"after", b"limit", b"x", b"", b"%ff"])
            + b"="
            + self._spelt(self._one(WORDS)).encode("latin-1")
            for _ in range(self._chance.choice([0, 1, 1, 2, 5]))
        ]
        return target + (b"?" + b"&".join(asked) if asked and self._happens(0.5 if not known else 0.9) else b"")

    def _spelt(self, word: bytes) -> str:
        """Mostly as it must be encoded."""
        return (
            quote_from_bytes(word, safe="%" if self._happens(0.3) else "")
            if self._happens(0.97)
            else word.decode("latin-1")
        )

    def _content(self, operation: Operation) -> bytes:
        kinds = operation.document.get("requestBody", {}).get("content", {})
        if self._happens(0.3) or not kinds:
            return self._one([*JUNK, *PARTS])
        schema = operation.resolved(next(iter(kinds.values())).get("schema", {}))
        fields = [*schema.get("properties", {"a": {}})]
        pairs = [f"{json.dumps(name)}:{self._chance.choice(VALUES)}" for name in fields if self._happens(0.9)]
        if self._happens(0.5):
            pairs += [f'"x":{self._chance.choice(VALUES)}']
        return ("{" + ",".join(pairs) + "}").encode()

    def _token(self, token: bytes) -> bytes:
        """Not what the directory signed."""
        head, body, seal = [*token.split(b"."), b"", b"", b""][:3]
        parts = [
            b"",
            b"e30",
            base64.urlsafe_b64encode(self._one(JUNK)[:2000]).rstrip(b"="),
            b"\xff",
            b"bnVsbA",
            b"W10",
            b"eyJhbGciOiJub25lIn0",
        ]
        parts.append(base64.urlsafe_b64encode(b'{"exp":1e400,"iat":"x","sub":[],"roles":{"a":1}}').rstrip(b"="))
        return b".".join([self._one([head, *parts]), self._one([body, *parts]), self._one([seal, *parts])])
