"""A parcel with more certificates than one page of holders has: everybody who left an address gets a letter, once."""

from __future__ import annotations

from collections import Counter
from datetime import date

from services.certificate import ids
from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate, Issue, Issuer
from services.certificate.production.production import Production
from services.notification.mailings.mailing import Mailing
from shared.actor import Actor
from shared.keeping import repository
from shared.procedure.windup import acting_for
from shared.trade.numbers.certificate_number import compose
from shared.trade.roles import Role
from tests.world.books import everything
from tests.world.house import House
from tests.world.seeding import SMALL, a_line

MANY = 502  # a page of holders has 500
WITHOUT = 250  # who left no address


def a_certificate(house: House, n: int) -> Certificate:
    return Certificate(
        id=ids.certificate_id(SMALL.id, n),
        number=compose(2026, SMALL.station.code, 4, n),
        roster=SMALL.id,
        n=n,
        batch=ids.batch_id(SMALL.id, n // 200),
        path="/49000001/49050001/49053012/",
        producer="49050001",
        issued_on=date(2026, 4, 3),
        holder=a_line(n, email="" if n == WITHOUT else f"holder-{n}@example.org"),
        issuer=Issuer(body_zh="站", body_en="Station", centre_zh="中心", centre_en="Centre"),
        copies=[Issue(made_for="original", at=house.clock.now())],
        verify_key="k" * 16,
    )


async def a_drawn_production(house: House) -> Production:
    """The last certificate could not be drawn."""
    store = house.stores["certificate"]
    await certificates.add(store, [a_certificate(house, n) for n in range(1, MANY + 1)])
    production = Production(
        id=SMALL.id,
        body=SMALL.station.code,
        path="/49000001/49050001/49053012/",
        producer="49050001",
        approved_on=date(2026, 4, 3),
        certificates=MANY,
        batches=3,
    )
    production.mark_ready([ids.certificate_id(SMALL.id, MANY)], house.clock.now())
    return production


async def written_to(house: House, letter: str) -> Counter[str]:
    await house.run_until_quiet()
    letters = [Mailing.from_record(one) for one in await everything(house.stores["notification"], Mailing.KIND)]
    assert {one.state for one in letters} == {"sent"}
    return Counter(one.to for one in letters if one.letter == letter)


async def test_every_holder_of_a_large_roster_is_written_to(bare_house: House) -> None:
    house = bare_house
    production = await a_drawn_production(house)
    maker = Actor("maker", "制证员", "49050001", "/49000001/49050001/", frozenset({Role.BRANCH_OFFICER}))
    production.post_parcel(maker, house.clock.now(), "中国邮政EMS", "EA000000001CN")
    await repository.add(house.stores["certificate"], production)
    written = await written_to(house, "certificate-on-its-way")
    assert written == Counter(f"holder-{n}@example.org" for n in range(1, MANY) if n != WITHOUT)


async def test_of_voided_certificates_everybody_hears_who_left_an_address(bare_house: House) -> None:
    """Also whose certificate could not be drawn: they passed as well, and wait for it."""
    production = await a_drawn_production(bare_house)
    production.void(acting_for("s"), bare_house.clock.now(), "取消资质", "5f3f0d0e-7d4a-5c52-9c34-3f1d8f3c9a10")
    await repository.add(bare_house.stores["certificate"], production)
    written = await written_to(bare_house, "certificate-not-issued")
    assert written == Counter(f"holder-{n}@example.org" for n in range(1, MANY + 1) if n != WITHOUT)
