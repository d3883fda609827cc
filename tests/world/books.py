"""The books of a house: what must be right at the end of every road, whatever happened on the way.

One certificate per passed line; numbers of every register unique and without gaps; print files that are what was drawn;
every expected letter exactly once; nothing unsent, nothing in a queue, nothing parked that was not expected.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from typing import Any

from services.certificate.certificates.certificate import Certificate
from services.certificate.numbers.number_register import NumberRegister
from services.certificate.production.batch import Batch
from services.certificate.production.production import Production
from services.notification.mailings.mailing import Mailing
from services.reporting.rosters import storage as roster_lines
from services.reporting.rosters.roster import Roster
from shared.contracts.reporting import LINES_PER_PAGE, RosterLine
from shared.keeping import repository
from shared.messaging import parking
from shared.ports import Record, Store, every_record
from tests.world.house import House
from tests.world.seeding import Planned


async def everything(store: Store, kind: str, where: dict[str, Any] | None = None) -> list[Record]:
    return [record async for record in every_record(store, kind, where)]


async def lines_in(house: House, planned: Planned) -> list[RosterLine]:
    store = house.stores["reporting"]
    roster = await repository.load(store, Roster, planned.id)
    return [
        line
        for page in range(len(roster.pages))
        for line in await roster_lines.read_page(store, roster.import_id, page)
    ]


async def certificates_of(house: House, planned: Planned) -> list[Certificate]:
    records = await everything(house.stores["certificate"], Certificate.KIND, {"roster": planned.id})
    return sorted((Certificate.from_record(record) for record in records), key=lambda certificate: certificate.n)


async def parked(house: House, service: str, state: str = parking.PARKED) -> list[parking.ParkedMessage]:
    records = await everything(house.stores[service], parking.KIND.name, {"state": state})
    return [parking.ParkedMessage.from_record(one) for one in records]


async def are_right(house: House, *rosters: Planned, mailed: Sequence[Planned] = ()) -> None:
    """rosters: those that were approved. mailed: those of them whose parcel was scanned."""
    for planned in rosters:
        await _certificates(house, planned)
        await _production(house, planned, "mailed" if planned in mailed else "ready")
    await _numbers(house)
    await _letters(house, rosters, mailed)
    await _nothing_left(house)


async def _certificates(house: House, planned: Planned) -> None:
    lines, made = await lines_in(house, planned), await certificates_of(house, planned)
    assert len(lines) == planned.size
    assert [one.n for one in made] == [line.n for line in lines], f"{planned.id}: not one certificate per line"
    assert [one.holder for one in made] == lines, f"{planned.id}: a certificate differs from its line"
    assert len({one.verify_key for one in made}) == len(made)


async def _production(house: House, planned: Planned, state: str) -> None:
    store = house.stores["certificate"]
    production = await repository.load(store, Production, planned.id)
    assert (production.state, production.producer) == (state, planned.producer.code)
    batches = [Batch.from_record(one) for one in await everything(store, Batch.KIND, {"roster": planned.id})]
    assert len(batches) == production.batches == -(-planned.size // LINES_PER_PAGE)
    for batch in batches:
        assert batch.state == "produced"
        assert batch.drawn + len(batch.refused) == batch.certificates
        # `get` refuses what does not have its hash.
        content = b"".join([await house.files.get(seal) for seal in batch.print_files])
        for record in await everything(store, Certificate.KIND, {"batch": batch.id}):
            number, key = record.body["number"], record.body["verify_key"]
            assert content.startswith(b"%PDF")
            if content.startswith(b"%PDF of "):  # drawn on the tests' own paper, which can be read
                assert number.encode() in content, f"{number} is missing on paper"
                assert key.encode() in content, f"{number} was drawn with another key than the one that is stored"


async def _numbers(house: House) -> None:
    """Over all rosters together: registers count from 1 without a gap, and know how far they came."""
    store = house.stores["certificate"]
    by_register: dict[str, list[int]] = defaultdict(list)
    for record in await everything(store, Certificate.KIND):
        by_register[record.body["number"][:11]].append(int(record.body["number"][11:]))
    for register, sequences in by_register.items():
        assert sorted(sequences) == list(range(1, len(sequences) + 1)), f"{register}: doubled, or with a gap"
    registers = [NumberRegister.from_record(one) for one in await everything(store, NumberRegister.KIND)]
    found = {f"{one.year % 100:02d}{one.institution}{one.level}": one.next - 1 for one in registers}
    assert found == {register: len(sequences) for register, sequences in by_register.items()}


def expected_letters(planned: Planned, mailed: bool) -> Counter[str]:
    wanted = Counter(
        {
            "awaiting-review": 2 if planned.branch else 1,
            "approved": 1,
            "production-order": 1,
            "certificates-ready": 1,
            "certificates-made": 1,
        }
    )
    if mailed:
        wanted["certificates-mailed"] = 1
        wanted["certificate-on-its-way"] = planned.emails
    return +wanted


async def _letters(house: House, rosters: Sequence[Planned], mailed: Sequence[Planned]) -> None:
    records = await everything(house.stores["notification"], Mailing.KIND)
    mailings = [Mailing.from_record(one) for one in records]
    for planned in rosters:
        ours = [one for one in mailings if one.subject_of == planned.id and not one.fact.startswith("/plan/")]
        assert Counter(one.letter for one in ours) == expected_letters(planned, planned in mailed), planned.id
    keys = Counter((one.fact, one.letter, one.to, str(one.values.get("number", ""))) for one in mailings)
    assert max(keys.values(), default=1) == 1, "one key, two mailings"
    assert {one.state for one in mailings} <= {"sent"}
    letters = [BytesHeaderParser().parsebytes(file.read_bytes()) for file in (house.folder / "mail").glob("*.eml")]
    ids = Counter(str(letter["Message-ID"]).strip("<>").partition("@")[0] for letter in letters)
    assert ids == Counter(one.id for one in mailings), "the folder does not hold every letter once"


async def _nothing_left(house: House) -> None:
    on_the_way = await house.on_the_way()
    assert not any(on_the_way.values()), on_the_way
    for service in house.stores:
        left = [(one.queue, one.reason, one.detail) for one in await parked(house, service)]
        assert left == [], f"{service}: parked without need"
