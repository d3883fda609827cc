"""What people start: draw again, post, fetch a print file."""

from __future__ import annotations

from services.certificate.production import storage as productions
from services.certificate.production.batch import Batch
from services.certificate.production.production import READY, VOIDED, Production
from services.certificate.production.requests import Parcel, Receipt
from shared.actor import Actor
from shared.errors import NotAllowed, NotFound, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Files, Store
from shared.procedure.possible import PossibleStep, step
from shared.trade.body_path import BodyPath
from shared.trade.body_words import office
from shared.trade.roles import Role

_ONCE_DRAWN = "绘制完毕后再寄发，请稍后再试 · post it once all is drawn: try again in a few minutes"
_DRAWN_AGAIN = ("正在重新绘制", "is being drawn again")


async def redraw(store: Store, id: str, asked: Asked, lanes: frozenset[str], reason: str = "") -> Batch:
    """Raises NotFound, Stale, WrongState, NotAllowed."""

    async def verb(batch: Batch) -> None:
        await _must_be_wanted(store, batch.roster, "redraw")
        batch.redraw(asked.by, asked.at, lanes, reason)

    return await repository.change(store, Batch, id, asked, verb)


async def _must_be_wanted(store: Store, roster: str, verb: str) -> None:
    """Raises WrongState when the production was voided."""
    production = await repository.load(store, Production, roster)
    if production.state == VOIDED:
        raise production.wrong_state(
            verb, "证书已作废，不再制作 · its certificates are void, and none is made any more"
        )


async def post_parcel(store: Store, roster: str, asked: Asked, parcel: Parcel) -> Production:
    """Raises NotFound, Stale, WrongState (not ready, or posted before), NotAllowed."""

    async def verb(production: Production) -> None:
        await _must_be_drawn(store, production)
        production.post_parcel(asked.by, asked.at, parcel.carrier, parcel.parcel)

    return await repository.change(store, Production, roster, asked, verb)


async def _must_be_drawn(store: Store, production: Production) -> None:
    """Raises WrongState while some of it is drawn again."""
    if production.state == READY and not await productions.all_drawn(store, production):
        raise production.wrong_state("mail", _ONCE_DRAWN, found=_DRAWN_AGAIN)


async def steps(store: Store, roster: str, by: Actor) -> list[PossibleStep]:
    """Whether this person may post it or enter it as received now, and why not. Raises NotFound."""
    production = await repository.reached(store, Production, roster, by)
    try:
        await _must_be_drawn(store, production)
    except WrongState as why:
        post = PossibleStep(verb="mail", may=False, why=str(why))
    else:
        post = step("mail", production.may_be_posted, by)
    return [post, step("receive", production.may_be_received, by)]


async def receive(store: Store, roster: str, asked: Asked, receipt: Receipt) -> Production:
    """Raises NotFound, Stale, WrongState (not posted, or received before), NotAllowed."""
    return await repository.change(
        store,
        Production,
        roster,
        asked,
        lambda production: production.receive(asked.by, asked.at, receipt.certificates),
    )


def must_concern(by: Actor, producer: str) -> None:
    """Batches are shown to a branch centre's own software where its body makes them. Raises NotAllowed."""
    if Role.BRANCH_SYSTEM in by.roles and by.body != producer:
        zh, en = office(producer)
        raise NotAllowed(
            f"打印批由{zh} 制作，业务系统只读本机构制作的 · {en} makes these, and software reads what its own body makes"
        )


async def print_file(store: Store, files: Files, id: str, n: int, by: Actor) -> bytes:
    """The n-th PDF of a batch (1 is the first; later ones hold what was redrawn), for its producer and the Centre.

    Raises NotFound before it is drawn, NotAllowed, WrongState when its certificates were voided."""
    batch = await repository.reached(store, Batch, id, by)
    if by.body not in (batch.producer, BodyPath.read(batch.path).centre):
        zh, en = office(batch.producer)
        raise NotAllowed(
            f"打印文件只供制证单位{zh} 和中心取用 · print files are for {en}, which makes them, and the Centre"
        )
    await _must_be_wanted(store, batch.roster, "print")
    if n > len(batch.print_files):
        raise NotFound(
            f"该打印批没有第 {n} 份打印文件；尚未绘制的请稍后再取 · batch {id} has no print file {n} (yet): if it waits to be "
            "drawn, try again later"
        )
    return await files.get(batch.print_files[n - 1])
