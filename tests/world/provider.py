"""A Centre's identity provider for tests: it speaks OpenID Connect over `httpx.MockTransport` and signs with a key of
its own. Strict where the standard is: a code is good once, for one client, one address and one PKCE verifier."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from shared.ports import Clock

ISSUER = "https://login.example.org/realms/centre"
CLIENT, SECRET = "jianding", "a+secret: with / & 100 % ö"
CALLBACK = "https://certificates.example.org/directory/oidc/callback"
CALLBACK_OF_PAGES = "https://certificates.example.org/sign-in/provider/callback"
KEY = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
OF_SOMEBODY_ELSE = RSAKey.generate_key(2048, {"use": "sig"})
FOR_ENCRYPTION = RSAKey.generate_key(2048, {"use": "enc", "alg": "RSA-OAEP"}, auto_kid=True)
ALIEN = {"kty": "EC", "crv": "P-1024", "x": "AA", "y": "AA", "kid": "of a kind nobody knows"}


class IdentityProvider:
    """about, claims, token: what it says otherwise than it should. down: parts that do not answer. codes: what each was
    given out for; `careless`: a code is good again and again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.transport = httpx.MockTransport(self._answer)
        self.about: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.key: Any = KEY
        self.algorithm = "RS256"
        self.down: set[str] = set()
        self.careless = False
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.signed: list[str] = []
        self.proved_at: int | None = None
        """When its present visitor proved who they are, in seconds of the epoch; none: at each sign-in."""

    def let_in(self, page: str, name: str) -> str:
        """Somebody signs in on the page that we sent the browser to: where the browser is sent back to."""
        asked = {key: value for key, (value,) in parse_qs(httpx.URL(page).query.decode(), strict_parsing=True).items()}
        assert page.startswith(f"{ISSUER}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] in (CALLBACK, CALLBACK_OF_PAGES)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code {len(self.codes)}"
        self.codes[code] = {**asked, "name": name}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _answer(self, request: httpx.Request) -> httpx.Response:
        part = str(request.url).removeprefix(ISSUER)
        self.asked.append(part)
        if part in self.down:
            raise httpx.ConnectError("nobody there", request=request)
        match part:
            case "/.well-known/openid-configuration":
                return httpx.Response(200, json=self._description())
            case "/keys":
                own = [key.as_dict(private=False) for key in (FOR_ENCRYPTION, KEY)]
                return httpx.Response(200, json={"keys": [ALIEN, *own]})
            case "/token":
                return self._exchange(request)
        return httpx.Response(404, text="no such page")

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "response_types_supported": ["code"],
            **self.about,
        }

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        form = {key: value for key, (value,) in parse_qs(request.content.decode(), strict_parsing=True).items()}
        if not self._knows(request, form):
            return httpx.Response(401, json={"error": "invalid_client"})
        given = self.codes.get(form["code"], {}) if self.careless else self.codes.pop(form["code"], {})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if (
            form["grant_type"] != "authorization_code"
            or given.get("redirect_uri") != form["redirect_uri"]
            or given["code_challenge"] != challenge.rstrip("=")
        ):
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = int(self._clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": "5f0c",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": given["nonce"],
            "preferred_username": given["name"],
            **self._when(given, now),
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode({"alg": self.algorithm, "kid": KEY.kid}, said, self.key, algorithms=[self.algorithm])
        self.signed.append(signed)
        return httpx.Response(200, json={"access_token": "x", "token_type": "Bearer", "id_token": signed, **self.token})

    def _when(self, given: dict[str, str], now: int) -> dict[str, int]:
        """As the standard has it: said where `max_age` is asked for, and then whoever it knows for longer proves it anew."""
        if "max_age" not in given:
            return {}
        proved_at = now if self.proved_at is None else self.proved_at
        return {"auth_time": proved_at if now - proved_at <= int(given["max_age"]) else now}

    def _knows(self, request: httpx.Request, form: dict[str, str]) -> bool:
        """RFC 6749 §2.3.1: each half is form-encoded before both are put together."""
        kind, _, both = request.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            client, _, secret = base64.b64decode(both).decode().partition(":")
            return [parse_qs(f"x={one}")["x"][0] for one in (client, secret)] == [CLIENT, SECRET]
        allowed = "client_secret_post" in self.about.get("token_endpoint_auth_methods_supported", ())
        return allowed and (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
