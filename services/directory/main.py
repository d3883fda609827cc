"""Wiring of the directory."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.directory import windup
from services.directory.accounts.account import Account
from services.directory.bodies import api, standing_api
from services.directory.bodies.body import Body
from services.directory.handlers import handlers
from services.directory.oidc import api as oidc_api
from services.directory.oidc import begun
from services.directory.oidc import provider as oidc
from services.directory.persons import api as person_api
from services.directory.persons.person import RegisteredPerson
from services.directory.signing_in.sign_in import SignIn
from services.directory.signing_keys import storage as keys
from services.directory.trainings import api as training_api
from services.directory.trainings import usecases as training
from shared.ports import Kind
from shared.ports.house import House
from shared.procedure import windup as winding_up
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups

KINDS = (
    Kind(Body.KIND, indexes=(("path",),)),
    Kind(RegisteredPerson.KIND, indexes=(("path",),)),
    Kind(Account.KIND, indexes=(("path",), ("body",), ("ended_at",), ("ref",))),
    Kind(SignIn.KIND, indexes=(("ended_at",),)),
    winding_up.KIND,
    training.KIND,
    keys.KIND,
    begun.ANSWERS,
)


def build(house: House) -> Service:
    app = service_app("名录 Directory", "机构、账号与令牌 · bodies, accounts and tokens.", house)
    provider = oidc.provider_of(house.settings, house.clock)
    for router in (
        *api.routers(house.store, house.clock, house.settings, house.throttles),
        standing_api.router(house.store, house.clock),
        person_api.router(house.store, house.clock),
        training_api.router(house.store, house.clock, house.settings),
        oidc_api.router(house.store, house.clock, house.settings, house.throttles, provider),
        windups(house.store, lambda body: windup.preview(house.store, body), windup.DirectoryWindUp),
    ):
        app.include_router(router)

    async def watch_trainings(now: datetime) -> None:
        await training.watch(house.store, now)

    async def watch_keys(now: datetime) -> None:
        await keys.watch(house.store, now, timedelta(days=house.settings.key_days))

    ticks = (watch_trainings, watch_keys)
    return Service("directory", app, handlers(house), ticks=ticks, close=provider.close if provider else None)


BLUEPRINT = Blueprint("directory", KINDS, build)
