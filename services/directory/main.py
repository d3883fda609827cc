"""Wiring of the directory."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.directory import windup
from services.directory.accounts import api as accounts_api
from services.directory.accounts.account import Account
from services.directory.accounts.desk import Desk
from services.directory.bodies import api as bodies_api
from services.directory.bodies import usecases as bodies
from services.directory.declares import DECLARED
from services.directory.duties import examiner_card, training
from services.directory.duties.duty import EXAMINER_CARD, TRAINING
from services.directory.duties.watching import duties
from services.directory.handlers import handlers
from services.directory.oidc import api as oidc_api
from services.directory.oidc import usecases as oidc
from services.directory.persons import api as persons_api
from services.directory.provisioning import seed_machines
from services.directory.resets import api as resets_api
from services.directory.settings import DirectorySettings
from services.directory.signing_in import api as signing_in_api
from services.directory.signing_in import usecases as signing_in
from services.directory.signing_keys import api as signing_keys_api
from services.directory.signing_keys import usecases as signing_keys
from services.directory.striking_off import api as striking_off_api
from services.directory.striking_off import usecases as striking_off
from services.directory.trainings import api as trainings_api
from shared.errors import Unavailable
from shared.keeping import repository
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.routers.windups import router as windups

SIGN_INS_PER_MINUTE = 20  # per account and address
SIGN_INS_PER_ADDRESS = 240  # per minute; an office may sit behind one address
TOO_OFTEN = "登录尝试过于频繁，请稍后再试 · too many sign-ins, try again later"


def build(ports: Ports) -> Service:
    app = service_app(DECLARED, "名录 Directory", "机构、账号与令牌 · bodies, accounts and tokens.", ports)
    store, clock, settings, throttles = ports.store, ports.clock, ports.settings, ports.throttles
    keeper = duties(ports)

    async def trained(account: str) -> None:
        try:
            of = await repository.load(store, Account, account)
        except Unavailable:  # it was recorded: the clock finds it
            return
        await keeper.look_after_an_act(training.key_of(of), TRAINING.what)

    async def card_changed(body: str, last_day: date) -> None:
        await keeper.look_after_an_act(examiner_card.key_of(body, last_day), EXAMINER_CARD.what)

    desk = ports.memory.keep(Desk(lambda: clock.monotonic()))  # looked up at each use, as everything from outside
    # Guessing at a password is the same at each door, so both count together.
    everybody = throttles.new(SIGN_INS_PER_ADDRESS, TOO_OFTEN)
    each = throttles.new(SIGN_INS_PER_MINUTE, TOO_OFTEN)
    for router in (
        signing_in_api.router(store, clock, settings, throttles, desk, everybody, each),
        signing_keys_api.router(store, clock),
        resets_api.router(store, clock, settings, throttles, desk, everybody, each),
        bodies_api.router(store, settings, ports.neighbours),
        striking_off_api.router(ports),
        accounts_api.router(store, desk),
        persons_api.router(store, card_changed),
        trainings_api.router(store, clock, settings, trained),
        oidc_api.router(store, clock, settings, throttles, ports.identity_provider),
        windups(store, lambda body: windup.preview(store, body), windup.DirectoryWindUp),
    ):
        app.include_router(router)

    async def watch_keys(now: datetime) -> None:
        await signing_keys.watch(store, now, timedelta(days=settings.of(DirectorySettings).key_days))

    async def tell_bodies_anew(now: datetime) -> None:
        await bodies.tell_anew(store, now)

    async def tidy_up_after_striking_off(now: datetime) -> None:
        await striking_off.tidy(store, now)

    async def delete_what_is_over(now: datetime) -> None:
        await signing_in.sweep(store, now)
        await oidc.sweep(store, now)

    ticks = (keeper.watch, watch_keys, tell_bodies_anew, tidy_up_after_striking_off, delete_what_is_over)
    return Service("directory", app, handlers(ports), ticks=ticks)


BLUEPRINT = Blueprint(build, seed=seed_machines, ended_access=signing_in.ended_access, identifies=True)
