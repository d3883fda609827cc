"""Use cases of bodies: load, call the verb, save."""

from __future__ import annotations

from datetime import datetime

from services.directory.bodies.body import TELLING, Body, Entry
from services.directory.bodies.requests import BodyEntry, InspectionEntry, LicenceEntry, NewBody
from shared.actor import Actor
from shared.contracts.directory import Licence
from shared.contracts.windup import WindUpOrders
from shared.errors import AlreadyThere, NotFound, Refused, Unavailable
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Store, Value, every_record
from shared.ports.every import PAGE
from shared.ports.neighbours import Neighbours
from shared.trade.practice import is_practice, original_of

CONFIRMED = "confirmed"  # state of a sanction that can still be lifted
ASK_LATER = "暂时无法向监督服务核实，请稍后再试 · supervision cannot be asked now, try again later"


async def register(store: Store, asked: Asked, key: str, new: NewBody, industry: str) -> Body:
    """Raises Invalid, AlreadyThere, NotAllowed."""
    parent = await repository.seek(store, Body, new.parent) if new.parent else None
    if parent is not None:
        asked.by.must_reach(parent.path, Body.WORDS, parent.id)
    if new.kind == "centre":
        async for known in every_record(store, Body.KIND, {"kind": "centre"}):
            if known.id != new.code:
                raise AlreadyThere(
                    f"中心已登记为 {known.id} · there is one Centre only", f"/directory/bodies/{known.id}"
                )
    body = Body.register(
        asked.by,
        asked.at,
        industry=industry,
        code=new.code,
        kind=new.kind,
        above=new.parent,
        parent=parent,
        entry=Entry.model_validate(new.model_dump(exclude={"code", "kind", "parent"})),
        branches=[branch async for branch in repository.every(store, Body, {"kind": "branch"})],
    )
    request = await creation.once(store, asked.by, key, new)
    return await creation.create(store, body, request, f"/directory/bodies/{new.code}")


async def read(store: Store, by: Actor, code: str, industry: str) -> Body:
    """Raises NotFound also when the body lies outside the asker's path. Everybody sees the bodies above their own. Who practises
    sees twins."""
    if is_practice(code):
        original = await repository.seek(store, Body, original_of(code, industry))
        if original is None:
            raise Body.WORDS.not_found(code)
        body = original.twin()
    else:
        body = await repository.load(store, Body, code)
    if not by.path.startswith(body.path):
        by.must_reach(body.path, Body.WORDS, code)
    return body


async def change(store: Store, code: str, asked: Asked, entry: BodyEntry) -> Body:
    """Raises NotFound, Stale, NotAllowed, Invalid."""
    content = Entry.model_validate(entry.model_dump())

    def verb(body: Body) -> None:
        body.change(asked.by, asked.at, content)

    return await repository.change(store, Body, code, asked, verb)


async def license(store: Store, code: str, asked: Asked, entry: LicenceEntry) -> Body:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    licence = Licence.model_validate(entry.model_dump())

    def verb(body: Body) -> None:
        body.license(asked.by, asked.at, licence)

    return await repository.change(store, Body, code, asked, verb)


async def inspect(store: Store, code: str, asked: Asked, entry: InspectionEntry) -> Body:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(body: Body) -> None:
        body.inspect(asked.by, asked.at, **entry.model_dump())

    return await repository.change(store, Body, code, asked, verb)


async def clear_rectification(store: Store, neighbours: Neighbours, code: str, asked: Asked, reason: str) -> Body:
    """Of what an annual inspection found. Raises NotFound, Stale, WrongState, Invalid; Refused while a sanction orders it;
    Unavailable while supervision cannot be asked about that."""

    async def verb(body: Body) -> None:
        body.standing.must_allow("clear_rectification")
        if body.ordered_by:
            await _must_not_bind(neighbours, body.ordered_by)
        body.clear_rectification(asked.by, asked.at, reason)

    return await repository.change(store, Body, code, asked, verb)


async def tell_anew(store: Store, now: datetime) -> None:
    """The clock's question: of which bodies do others still know only what an earlier release could tell? Each is told once
    more, in one write; asking twice changes nothing, and what others have already they drop."""
    if await store.count(Body.KIND, {"told": TELLING}) == await store.count(Body.KIND):
        return
    after: tuple[Value, str] | None = None
    while True:
        page = await store.find(Body.KIND, after=after, limit=PAGE)
        for body in repository.readable(Body, page.records)[0]:
            if body.tell_again(now):
                await repository.save_if_first(store, body)  # who was faster told it all
        after = page.next
        if after is None:
            return


async def _must_not_bind(neighbours: Neighbours, sanction: str) -> None:
    """Whether a sanction is in force only supervision knows: where its lifting never arrived here, or supervision lost it,
    clearing is the way out."""
    try:
        known = await neighbours.get("supervision", f"/sanctions/{sanction}/orders/directory", WindUpOrders)
    except NotFound:
        return
    except Unavailable as error:
        raise Unavailable(ASK_LATER, error.ping) from error
    if known.state in ("", CONFIRMED):  # an earlier release does not say
        raise Refused(
            f"该整改由监督处理 {sanction} 责令，请在监督中解除该处理（POST /supervision/sanctions/{sanction}/lifting） · "
            f"sanction {sanction} ordered this rectification: lift the sanction, there it ends"
        )
