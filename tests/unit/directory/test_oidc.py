"""Signing in through an identity provider: the whole way, and everything that must not come through."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import OctKey
from pydantic import SecretStr

from services.directory.accounts.account import Account
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.accounts.storage import CLOSED
from services.directory.bodies.body import Body
from services.directory.declares import DECLARED
from services.directory.main import build
from services.directory.oidc import api as oidc_api
from services.directory.oidc import usecases as oidc
from services.directory.oidc.begun import AGAIN, LIFE, Begun
from services.directory.oidc.id_token import LEEWAY, NOBODY, NOT_FRESH, UNVERIFIED
from services.runtime import wiring
from shared.adapters.http.identity_provider import HttpIdentityProvider
from shared.errors import Invalid
from shared.keeping import repository
from shared.memory.memory import Memory
from shared.memory.throttles import Throttles
from shared.outside import Ports as Outside
from shared.ports.identity_provider import AWAY
from shared.procedure.windup import acting_for
from shared.settings import Settings
from shared.trade.roles import Role
from shared.web.app import not_found_app, service_app
from tests.world.house import House
from tests.world.provider import CALLBACK_OF_PAGES, CLIENT, ISSUER, KEY, OF_SOMEBODY_ELSE, SECRET, IdentityProvider

STATION = ("49053012", "/49000001/49050001/49053012/")
SIGN_IN, CALLBACK = "/directory/oidc/sign-in", "/directory/oidc/callback"
COOKIE = oidc_api.COOKIE


@dataclass
class Centre:
    """A house whose directory has a provider, and the browser of somebody in front of both."""

    house: House
    provider: IdentityProvider
    browser: httpx.AsyncClient

    async def begin(self) -> str:
        answer = await self.browser.get(SIGN_IN)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def sign_in(self, name: str) -> httpx.Response:
        return await self.browser.get(self.provider.let_in(await self.begin(), name))


@pytest.fixture
async def centre(bare_house: House) -> AsyncIterator[Centre]:
    async with a_centre(bare_house) as made:
        yield made


@contextlib.asynccontextmanager
async def a_centre(house: House, **settings: Any) -> AsyncIterator[Centre]:
    """Of the directory it has the doors of this option only, because more of them take longer to make."""
    await house.seed_account("zhang.wei", Role.STATION_CLERK, *STATION, name="张伟")
    there, outside = IdentityProvider(house.clock), _outside(house, **settings)
    async with _provider(there) as provider:
        app = service_app(DECLARED, "名录", "", outside)
        doors = oidc_api.router(outside.store, outside.clock, outside.settings, outside.throttles, provider)
        app.include_router(doors, prefix="/directory")
        async with _browser(app, outside.settings) as browser:
            yield Centre(house, there, browser)


def _outside(house: House, **settings: Any) -> Outside:
    """What the house gives its directory, with the option switched on."""
    changed = {"settings": _with_oidc(house.settings, **settings), "throttles": Throttles(Memory(), house.clock)}
    return dataclasses.replace(house.outsides["directory"], **changed)


@contextlib.asynccontextmanager
async def _provider(there: IdentityProvider) -> AsyncIterator[HttpIdentityProvider]:
    provider = HttpIdentityProvider(ISSUER, CLIENT, SECRET, there.transport)
    yield provider
    await provider.close()


def _browser(app: FastAPI, settings: Settings) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=settings.url)


def _with_oidc(settings: Settings, **changed: Any) -> Settings:
    ours = {"oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    return settings.model_copy(update={**ours, **changed})


def detail(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "access_token" not in answer.text
    return str(answer.json()["detail"])


# --- the whole way ------------------------------------------------------------------------------------------------------


async def test_who_signs_in_at_the_provider_is_signed_in_here(centre: Centre) -> None:
    answer = await centre.sign_in("zhang.wei")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert token["token_type"] == "Bearer"
    answer = await centre.house.client.get(
        "/directory/bodies", headers={"Authorization": f"Bearer {token['access_token']}"}
    )
    assert [body["id"] for body in answer.json()["items"]] == [STATION[0]]
    claims = json.loads(base64.urlsafe_b64decode(token["access_token"].split(".")[1] + "=="))
    assert (claims["sub"], claims["body"], claims["roles"], claims["training"]) == (
        "zhang.wei",
        STATION[0],
        ["station_clerk"],
        False,
    )
    assert COOKIE not in centre.browser.cookies, "it is of no use any more"


async def test_what_lies_in_the_browser_meanwhile(centre: Centre) -> None:
    answer = await centre.browser.get(SIGN_IN)
    assert answer.headers["cache-control"] == "no-store"
    name, *rest = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert {attribute.casefold() for attribute in rest} == {
        "httponly",
        "secure",
        "samesite=lax",
        "max-age=600",
        f"path={CALLBACK}",
    }
    assert SECRET not in answer.text + answer.headers["location"]


def test_on_a_machine_for_trying_out_the_cookie_goes_without_tls(bare_house: House) -> None:
    settings = _with_oidc(Settings(), oidc_issuer="http://127.0.0.1:8090")
    assert oidc.callback(settings) == "http://127.0.0.1:8000/directory/oidc/callback"


async def test_every_sign_in_has_secrets_of_its_own(centre: Centre) -> None:
    first, second = [parse_qs(httpx.URL(await centre.begin()).query.decode()) for _ in range(2)]
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


async def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(centre: Centre) -> None:
    centre.provider.about = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await centre.sign_in("zhang.wei")).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [{"aud": ["another", CLIENT], "azp": CLIENT}, {"exp_in": 1 - LEEWAY}, {"iat_in": LEEWAY}],
    ids=str,
)
async def test_what_the_standard_allows_is_taken(centre: Centre, claims: dict[str, Any]) -> None:
    centre.provider.claims = _at(centre, claims)
    assert (await centre.sign_in("zhang.wei")).status_code == 200


async def test_another_claim_may_name_the_account(bare_house: House) -> None:
    async with a_centre(bare_house, oidc_claim="employee") as centre:
        centre.provider.claims = {"employee": "zhang.wei"}
        assert (await centre.sign_in("somebody")).status_code == 200


@pytest.mark.parametrize("claims", [{"aud": [CLIENT]}, {"aud": [CLIENT, "another"], "azp": CLIENT}], ids=str)
async def test_an_id_token_for_a_list_of_clients(centre: Centre, claims: dict[str, Any]) -> None:
    centre.provider.claims = claims
    assert (await centre.sign_in("zhang.wei")).status_code == 200


async def test_the_directory_takes_what_the_house_gives_it(bare_house: House) -> None:
    await bare_house.seed_account("zhang.wei", Role.STATION_CLERK, *STATION, name="张伟")
    there, outside, app = IdentityProvider(bare_house.clock), _outside(bare_house), not_found_app()
    async with _provider(there) as provider:
        app.mount("/directory", build(dataclasses.replace(outside, identity_provider=provider)).app)
        async with _browser(app, outside.settings) as browser:
            assert (await Centre(bare_house, there, browser).sign_in("zhang.wei")).status_code == 200


@pytest.mark.parametrize(
    ("endpoint", "before"),
    [
        (f"{ISSUER}/authorize", f"{ISSUER}/authorize?"),
        (f"{ISSUER}/authorize?kc_idp_hint=oa&empty=", f"{ISSUER}/authorize?kc_idp_hint=oa&empty=&"),
    ],
)
def test_the_page_keeps_what_the_providers_address_says_already(bare_house: House, endpoint: str, before: str) -> None:
    page = Begun.now(bare_house.clock.now()).page(endpoint, CLIENT, "https://here/callback")
    assert page.startswith(f"{before}response_type=code&client_id={CLIENT}&redirect_uri=https%3A%2F%2Fhere%2Fcallback")
    assert page == str(httpx.URL(endpoint).copy_merge_params(dict(httpx.URL(page).params)))


# --- answers that do not fit ----------------------------------------------------------------------------------------------


def _at(centre: Centre, claims: dict[str, Any]) -> dict[str, Any]:
    """`exp_in`: exp, counted from now; `iat_in` and `nbf_in` likewise."""
    now = int(centre.house.clock.now().timestamp())
    return {name.removesuffix("_in"): now + value if name.endswith("_in") else value for name, value in claims.items()}


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"iss": "https://login.example.org/realms/other"},
        {"iss": None},
        {"exp_in": -LEEWAY},
        {"exp": None},
        {"exp": "2099"},
        {"iat_in": LEEWAY + 1},
        {"iat": None},
        {"nbf_in": LEEWAY + 1},
        {"sub": None},
    ],
    ids=str,
)
async def test_an_id_token_for_something_else(centre: Centre, claims: dict[str, Any]) -> None:
    centre.provider.claims = _at(centre, claims)
    assert detail(await centre.sign_in("zhang.wei"), 401) == UNVERIFIED


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", OF_SOMEBODY_ELSE),
        ("HS256", OctKey.import_key(KEY.as_dict(private=False)["n"])),
        ("HS256", OctKey.import_key(SECRET)),
        ("none", KEY),
    ],
)
@pytest.mark.filterwarnings("ignore:JWS algorithm")
async def test_a_signature_that_is_not_the_providers(centre: Centre, algorithm: str, key: Any) -> None:
    centre.provider.algorithm, centre.provider.key = algorithm, key
    assert detail(await centre.sign_in("zhang.wei"), 401) == UNVERIFIED


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "." * 200_000, "[" * 5000])
async def test_an_id_token_that_is_none(centre: Centre, token: str) -> None:
    centre.provider.token = {"id_token": token}
    assert detail(await centre.sign_in("zhang.wei"), 401) == UNVERIFIED


# --- answers to nothing, and old ones ---------------------------------------------------------------------------------------


async def test_an_answer_is_taken_once(centre: Centre) -> None:
    centre.provider.careless = True  # it would take the code again; we do not
    back = centre.provider.let_in(await centre.begin(), "zhang.wei")
    kept = dict(centre.browser.cookies)
    assert (await centre.browser.get(back)).status_code == 200
    assert detail(await centre.browser.get(back), 401) == AGAIN, "the cookie is gone"
    again = await centre.browser.get(back, headers={"Cookie": f"{COOKIE}={kept[COOKIE]}"})
    assert detail(again, 401) == AGAIN


async def test_a_code_that_the_provider_takes_no_more(centre: Centre) -> None:
    back = centre.provider.let_in(await centre.begin(), "zhang.wei")
    centre.provider.codes.clear()
    assert detail(await centre.browser.get(back), 401) == AGAIN


async def test_a_code_of_another_browser_does_not_fit_the_verifier(centre: Centre) -> None:
    stolen = parse_qs(httpx.URL(centre.provider.let_in(await centre.begin(), "zhang.wei")).query.decode())["code"][0]
    own = parse_qs(httpx.URL(await centre.begin()).query.decode())["state"][0]
    assert detail(await centre.browser.get(f"{CALLBACK}?{urlencode({'code': stolen, 'state': own})}"), 401) == AGAIN


async def test_an_answer_that_nobody_here_asked_for(centre: Centre) -> None:
    """Somebody sends a link with his own code, so that the other one works in his account."""
    back = centre.provider.let_in(await centre.begin(), "zhang.wei")
    centre.browser.cookies.clear()
    assert detail(await centre.browser.get(back), 401) == AGAIN
    await centre.begin()  # this browser has a sign-in of its own on the way
    centre.provider.asked.clear()
    assert detail(await centre.browser.get(back), 401) == AGAIN
    assert centre.provider.asked == [], "the provider is not even asked"


@pytest.mark.parametrize("state", ["", "other", "é", "\x00", "x" * 200])
async def test_a_state_that_is_not_ours(centre: Centre, state: str) -> None:
    await centre.begin()
    query = urlencode({"code": "code 0", "state": state})
    assert detail(await centre.browser.get(f"{CALLBACK}?{query}"), 401) == AGAIN


async def test_ten_minutes_are_enough(centre: Centre) -> None:
    back = centre.provider.let_in(await centre.begin(), "zhang.wei")
    kept = f"{COOKIE}={centre.browser.cookies[COOKIE]}"
    centre.house.clock.advance(LIFE.total_seconds())
    assert detail(await centre.browser.get(back, headers={"Cookie": kept}), 401) == AGAIN


async def test_a_cookie_that_somebody_wrote(centre: Centre) -> None:
    back = centre.provider.let_in(await centre.begin(), "zhang.wei")
    ours = centre.browser.cookies[COOKIE]
    head, _, rest = ours.partition(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=") + f".{rest.split('.')[0]}."
    centre.browser.cookies.clear()
    for cookie in ("x", "..", f"{head}.{rest}x", ours[::-1], unsigned, ours.rpartition(".")[0] + "."):
        answer = await centre.browser.get(back, headers={"Cookie": f"{COOKIE}={cookie}"})
        assert detail(answer, 401) == AGAIN


# --- who may not ------------------------------------------------------------------------------------------------------------


async def test_who_has_no_account_hears_the_same_for_every_name(centre: Centre) -> None:
    answers = [await centre.sign_in(name) for name in ("nobody.at.all", "ZHANG.WEI", "", "\x00")]
    assert {detail(answer, 401) for answer in answers} == {NOBODY}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("revoked", [True, False])
async def test_whose_account_was_closed_hears_that(centre: Centre, revoked: bool) -> None:
    """The provider says who it is. With the reason where the body was revoked, and without one otherwise."""
    store, sanction = centre.house.stores["directory"], acting_for("s")
    await centre.house.seed_account("li.na", Role.STATION_HEAD, *STATION)
    if revoked:
        body = await repository.load(store, Body, STATION[0])
        body.revoke(sanction, centre.house.clock.now(), "伪造证书", sanction="s")
        await repository.save(store, body)
    centre.house.clock.advance(86_400)
    account = await repository.load(store, Account, "li.na")
    account.close(sanction if revoked else THE_DIRECTORY, centre.house.clock.now(), "伪造证书")
    await repository.save(store, account)
    told = detail(await centre.sign_in("li.na"), 401)
    assert ("已于 2026-04-03 被取消鉴定资质" in told, told == CLOSED) == (revoked, not revoked)
    assert "伪造证书" not in told, "why is between the Centre and the body"


@pytest.mark.parametrize("machine", ["operator", "certificate", "directory", "branch-system"])
async def test_machines_have_nobody_behind_them_at_the_provider(centre: Centre, machine: str) -> None:
    await centre.house.seed_account("branch-system", Role.BRANCH_SYSTEM, "49050001", "/49000001/49050001/")
    assert detail(await centre.sign_in(machine), 401) == NOBODY


@pytest.mark.parametrize("claims", [{"preferred_username": None}, {"preferred_username": ["zhang.wei"]}], ids=str)
async def test_an_identity_without_the_claim(centre: Centre, claims: dict[str, Any]) -> None:
    centre.provider.claims = claims
    assert detail(await centre.sign_in("zhang.wei"), 401) == NOBODY


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        ("access_denied", 401, oidc_api.DENIED),
        ("login_required", 401, oidc_api.DENIED),
        ("<script>", 401, oidc_api.DENIED),
        ("temporarily_unavailable", 503, AWAY),
        ("server_error", 503, AWAY),
    ],
)
async def test_the_provider_lets_nobody_in(centre: Centre, error: str, status: int, sentence: str) -> None:
    state = parse_qs(httpx.URL(await centre.begin()).query.decode())["state"][0]
    query = urlencode({"code": "x", "error": error, "error_description": "<b>said by anybody</b>", "state": state})
    answer = await centre.browser.get(f"{CALLBACK}?{query}")
    assert detail(answer, status) == sentence
    assert "<" not in answer.text


# --- the provider is away, or off ---------------------------------------------------------------------------------------------


async def test_the_provider_is_away_when_somebody_begins(centre: Centre) -> None:
    centre.provider.down = {"/.well-known/openid-configuration"}
    answer = await centre.browser.get(SIGN_IN)
    assert detail(answer, 503) == AWAY
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("part", ["/.well-known/openid-configuration", "/token", "/keys"])
async def test_the_provider_is_away_when_somebody_comes_back(centre: Centre, part: str) -> None:
    back = centre.provider.let_in(await centre.begin(), "zhang.wei")
    centre.provider.down = {part}
    assert detail(await centre.browser.get(back), 503) == AWAY


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://login.example.org/realms/other"},
        {"token_endpoint": "http://login.example.org/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
    ids=str,
)
async def test_a_description_that_cannot_be_trusted(centre: Centre, about: dict[str, Any]) -> None:
    centre.provider.about = about
    assert detail(await centre.browser.get(SIGN_IN), 503) == AWAY


async def test_what_the_provider_says_of_us_is_the_operators_matter(
    centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong secret, for example: nobody who signs in can help it."""
    back = centre.provider.let_in(await centre.begin(), "zhang.wei")
    centre.provider.about = {"token_endpoint_auth_methods_supported": ["client_secret_jwt"]}
    assert detail(await centre.browser.get(back), 503) == AWAY
    assert f"{ISSUER}/token answered 401" in caplog.text


async def test_nothing_secret_is_logged(centre: Centre, caplog: pytest.LogCaptureFixture) -> None:
    for ours in ("services", "shared"):
        caplog.set_level(logging.INFO, logger=ours)
    token = await centre.sign_in("zhang.wei")
    await centre.sign_in("nobody.at.all")
    centre.provider.claims = {"nonce": "wrong"}
    await centre.sign_in("zhang.wei")
    centre.provider.token = {"id_token": 5}
    await centre.sign_in("zhang.wei")
    assert "refused" in caplog.text, "something is"
    secrets = [SECRET, token.json()["access_token"], "zhang.wei", "nobody.at.all", "code 0", *centre.provider.signed]
    assert [secret for secret in secrets if secret in caplog.text] == []


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::{n:x}"])
async def test_one_address_may_not_have_the_provider_asked_without_end(centre: Centre, address: str) -> None:
    """The addresses of one IPv6 network are one."""
    centre.provider.down = {"/.well-known/openid-configuration"}
    transport = centre.browser._transport
    assert isinstance(transport, httpx.ASGITransport)
    answers = []
    for n in range(oidc_api.PER_ADDRESS + 1):
        transport.client = (address.format(n=n), 4711)
        answers.append((await centre.browser.get(SIGN_IN)).status_code)
    assert (answers[0], answers[-1]) == (503, 429)


@pytest.mark.parametrize("path", [SIGN_IN, CALLBACK, f"{CALLBACK}?code=x&state=y"])
async def test_off_by_default(bare_house: House, path: str) -> None:
    assert detail(await bare_house.client.get(path), 404) == oidc_api.OFF


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"oidc_client_id": ""}, ["JIANDING_OIDC_CLIENT_ID"]),
        (
            {"oidc_client_secret": SecretStr(""), "oidc_claim": ""},
            ["JIANDING_OIDC_CLIENT_SECRET", "JIANDING_OIDC_CLAIM"],
        ),
        ({"oidc_issuer": "http://login.example.org"}, ["JIANDING_OIDC_ISSUER"]),
        ({"oidc_issuer": "login.example.org"}, ["JIANDING_OIDC_ISSUER"]),
    ],
)
def test_settings_that_do_not_fit_are_refused_at_the_start(
    bare_house: House, changed: dict[str, Any], named: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        wiring.open_identity_provider(_with_oidc(bare_house.settings, **changed))
    assert [problem.where for problem in refused.value.problems] == named
    assert SECRET not in str(refused.value)


# --- how long ago somebody proved who they are ------------------------------------------------------------------------------


async def _auth_time(centre: Centre, query: str = "") -> int:
    location = (await centre.browser.get(f"{SIGN_IN}{query}")).headers["location"]
    answer = await centre.browser.get(centre.provider.let_in(location, "zhang.wei"))
    assert answer.status_code == 200, answer.text
    claims = json.loads(base64.urlsafe_b64decode(answer.json()["access_token"].split(".")[1] + "=="))
    return int(claims["auth_time"])


def _now(centre: Centre) -> int:
    return int(centre.house.clock.now().timestamp())


@pytest.mark.parametrize(("claim", "known"), [({}, None), ({"auth_time_in": -3600}, -3600), ({"auth_time_in": 30}, 0)])
async def test_the_token_says_when_somebody_proved_it_to_the_provider(
    centre: Centre, claim: dict[str, Any], known: int | None
) -> None:
    """Who is known there for hours proves nothing here by that; a provider that does not say when: long ago."""
    centre.provider.claims = _at(centre, claim)
    assert await _auth_time(centre) == (0 if known is None else _now(centre) + known)


async def test_a_fresh_sign_in_is_asked_for_there(centre: Centre) -> None:
    centre.provider.proved_at = _now(centre) - 3600
    page = httpx.URL((await centre.browser.get(f"{SIGN_IN}?fresh=true")).headers["location"])
    assert page.params["max_age"] == "300"
    assert await _auth_time(centre, "?fresh=true") == _now(centre)


@pytest.mark.parametrize(
    "auth_time",
    [{"auth_time": None}, {"auth_time_in": -361}, {"auth_time_in": 61}, {"auth_time": "now"}, {"auth_time": True}],
)
async def test_a_provider_that_does_not_ask_anew_is_not_believed(centre: Centre, auth_time: dict[str, Any]) -> None:
    centre.provider.claims = _at(centre, auth_time)
    location = (await centre.browser.get(f"{SIGN_IN}?fresh=true")).headers["location"]
    answer = await centre.browser.get(centre.provider.let_in(location, "zhang.wei"))
    assert detail(answer, 401) == NOT_FRESH


async def test_what_was_begun_at_the_pages_ends_there(centre: Centre) -> None:
    page = httpx.URL((await centre.browser.get(f"{SIGN_IN}?pages=true")).headers["location"])
    assert page.params["redirect_uri"] == CALLBACK_OF_PAGES
