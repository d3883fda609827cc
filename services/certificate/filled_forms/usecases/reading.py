"""The filled form of a roster, for whoever its path lets read it: what it says, and its files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TypeVar

from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate
from services.certificate.filled_forms.drawing import in_a_child, paging
from services.certificate.filled_forms.drawing.paging import Stretch
from services.certificate.filled_forms.drawing.words import Copies
from services.certificate.filled_forms.filled_form import Counting, FilledForm, Heading, Line, line_of
from services.certificate.production import storage as productions
from services.certificate.production.production import VOIDED, Production
from shared.actor import Actor
from shared.contracts.reporting import SealedRoster
from shared.errors import NotFound, NotYet, Unavailable
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Store
from shared.ports.neighbours import Neighbours
from shared.ports.workshop import ChildDied
from shared.trade.body_path import BodyPath

T = TypeVar("T")

TOGETHER = 200  # certificates read at once


async def read(ports: Ports, roster: str, by: Actor) -> FilledForm:
    """Raises NotFound, NotYet while certificates are still without a number, WrongState when they were voided, Unavailable
    when a production of an earlier release needs reporting, which does not answer."""
    production = await repository.reached(ports.store, Production, roster, by)
    await _must_be_numbered(ports.store, production)
    counting, issuer = Counting(), None
    async for found in _between(ports.store, roster, 1, production.certificates):
        counting.take(found)
        issuer = issuer or found[0].issuer
    if issuer is None or counting.lines != production.certificates:
        raise NotYet(
            f"证书尚未齐全：应有 {production.certificates} 份，现有 {counting.lines} 份 · "
            f"{counting.lines} of {production.certificates} certificates are here"
        )
    path = BodyPath.read(production.path)
    session, held_on = await _day_of(ports.neighbours, production)
    heading = Heading(
        roster=roster,
        session=session,
        body=production.body,
        body_zh=issuer.body_zh,
        branch=path.branch or "",
        branch_zh=production.branch_zh,
        centre=path.centre,
        centre_zh=issuer.centre_zh,
        held_on=held_on,
        issued_on=production.approved_on,
        lines=counting.lines,
    )
    return counting.form(heading)


async def paper(ports: Ports, roster: str, by: Actor, copies: Copies, part: int) -> tuple[FilledForm, bytes]:
    """One of its PDF files, with the form. part: from 1. Raises what `read` raises, NotFound beyond the last file, Invalid for
    characters that no font has, Unavailable when its drawing did not come to an end."""
    form = await read(ports, roster, by)
    pages = _part(paging.files_of(form.volumes), part)
    filled = [(page, await _lines(ports.store, roster, page.stretch)) for page in pages]
    with _drawing():
        return form, await ports.workshop.do(in_a_child.paper, form, filled, copies, ports.settings.fonts)


async def book(ports: Ports, roster: str, by: Actor, copy: str, part: int) -> tuple[FilledForm, bytes]:
    """One of its workbooks, with the form. Raises what `read` raises, NotFound beyond the last one, Unavailable when its
    writing did not come to an end."""
    form = await read(ports, roster, by)
    stretches = _part(paging.workbooks_of(form.volumes), part)
    filled = [(one.volume, await _lines(ports.store, roster, one)) for one in stretches]
    with _drawing():
        return form, await ports.workshop.do(in_a_child.book, form, filled, copy)


@contextmanager
def _drawing() -> Iterator[None]:
    """Raises Unavailable: nobody waits in a queue here, so whoever asked is told to ask again."""
    try:
        yield
    except ChildDied as error:
        raise Unavailable(
            "附表六未能绘制完成，请稍后再取；一再如此的，请告知运行管理员 · the filled form 6 was not finished: ask again later, "
            "and tell the operator if it happens again"
        ) from error


async def _must_be_numbered(store: Store, production: Production) -> None:
    """Raises WrongState, NotYet."""
    if production.state == VOIDED:
        raise production.wrong_state(
            "give_back",
            "证书已全部作废，没有可出具的内容 · all its certificates are void, there is nothing to give back",
        )
    numbered = await productions.numbered(store, production)
    if numbered < production.batches:
        raise NotYet(
            f"证书尚未全部编号：{production.batches} 批中已编号 {numbered} 批，编号完毕后即可取附表六，请稍后再取 · "
            f"{numbered} of {production.batches} batches are numbered: the filled form 6 is there when all are, ask again later"
        )


async def _day_of(neighbours: Neighbours, production: Production) -> tuple[str, date]:
    """The session and the day of its exam. Productions of earlier releases do not say: reporting does, for ever the same, as
    an approved roster is sealed. Raises Unavailable."""
    if production.held_on is not None:
        return production.session, production.held_on
    sealed = await neighbours.get("reporting", f"/rosters/{production.id}/sealed", SealedRoster)
    return sealed.session, sealed.held_on


def _part(files: Sequence[T], part: int) -> T:
    if part > len(files):
        raise NotFound(f"共 {len(files)} 个文件，没有第 {part} 个 · there are {len(files)} files, no part {part}")
    return files[part - 1]


async def _lines(store: Store, roster: str, stretch: Stretch) -> list[Line]:
    first = stretch.volume.first + stretch.first - 1
    found = [one async for some in _between(store, roster, first, stretch.lines) for one in some]
    return [line_of(certificate, number) for number, certificate in enumerate(found, stretch.first)]


async def _between(store: Store, roster: str, first: int, count: int) -> AsyncIterator[list[Certificate]]:
    """Some at a time, in the order of the roster's lines. first: running number of the first."""
    for n in range(first, first + count, TOGETHER):
        some = min(TOGETHER, first + count - n)
        yield await certificates.lines_of_roster(store, roster, n, some)
