"""Wiring of the directory."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.directory import api, keys, training
from services.directory.account import Account
from services.directory.body import Body
from services.directory.sign_in import SignIn
from shared.house import House
from shared.ports import Kind
from shared.service import Blueprint, Service
from shared.web.app import service_app

KINDS = (
    Kind(Body.KIND, indexes=(("path",),)),
    Kind(Account.KIND, indexes=(("path",), ("ended_at",), ("ref",))),
    Kind(SignIn.KIND, indexes=(("ended_at",),)),
    training.KIND,
    keys.KIND,
)


def build(house: House) -> Service:
    app = service_app("名录 Directory", "机构、账号与令牌 · bodies, accounts and tokens.", house)
    for router in api.routers(house.store, house.clock, house.settings):
        app.include_router(router)

    async def watch_keys(now: datetime) -> None:
        await keys.watch(house.store, now, timedelta(days=house.settings.key_days))

    return Service("directory", app, ticks=(watch_keys,))


BLUEPRINT = Blueprint("directory", KINDS, build)
