"""Hashes of certified persons as records, and what must be known to judge them: the key in use, rosters whose
certificates were voided, and approvals that are just being made.

Records are added and changed, never removed: what counts is judged by the rosters that hold a hash."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

from services.reporting.certified.certified import Claim, Holder
from services.reporting.certified.person_key import PersonKey
from shared.errors import Stale, Unavailable
from shared.ports import Record, Store

CERTIFIED = "certified"  # hash → who holds it
VOIDED_CERTIFICATES = "voided_certificates"  # roster → the sanction
APPROVING = "approving"  # roster → the version and the lines of an approval that is under way
ENTERED = "entered_roster"  # roster, fingerprint of the key → it was entered after its approval
KEY_IN_USE = "person_key"
_CURRENT = "current"


# --- the key ----------------------------------------------------------------------------------------------------------


async def why_not(store: Store, key: PersonKey) -> str:
    """Why persons cannot be recognised with this key; empty where they can. The first key that is seen is the one in use;
    another one takes its place only where it names the one before."""
    if not key.is_set:
        return (
            "未设置人员识别密钥 JIANDING_PERSON_KEY，无法核对是否已取得证书 · the key JIANDING_PERSON_KEY is not set, so "
            "nobody can tell who is certified already; docs/runbook.md says how to set it"
        )
    while True:
        known = await store.get(KEY_IN_USE, _CURRENT)
        if known is None:
            await store.add(KEY_IN_USE, Record(_CURRENT, {"fingerprint": key.fingerprint, "entered": False}))
        elif known.body["fingerprint"] == key.fingerprint:
            return ""
        elif known.body["fingerprint"] == key.replaces:
            fresh = Record(_CURRENT, {"fingerprint": key.fingerprint, "entered": False}, known.version, known.facts)
            with contextlib.suppress(Stale):
                await store.put(KEY_IN_USE, fresh)
        else:
            return (
                f"人员识别密钥已变（原 {known.body['fingerprint']}，现 {key.fingerprint}），请恢复原密钥 · the key "
                f"JIANDING_PERSON_KEY is another one than before: {known.body['fingerprint']} is in use, and "
                f"{key.fingerprint} was set; put the former one back (docs/runbook.md)"
            )


async def must_be_usable(store: Store, key: PersonKey) -> None:
    """Raises Unavailable with the sentence of `why_not`."""
    if why := await why_not(store, key):
        raise Unavailable(why)


async def all_entered(store: Store, key: PersonKey) -> bool:
    """Whether every roster that was approved before has its lines here, under this key."""
    known = await store.get(KEY_IN_USE, _CURRENT)
    return known is not None and known.body == {"fingerprint": key.fingerprint, "entered": True}


async def note_all_entered(store: Store, key: PersonKey) -> None:
    """Unless another key is in use by now."""
    known = await store.get(KEY_IN_USE, _CURRENT)
    if known is not None and known.body["fingerprint"] == key.fingerprint and not known.body["entered"]:
        body = {**known.body, "entered": True}
        with contextlib.suppress(Stale):
            await store.put(KEY_IN_USE, Record(_CURRENT, body, known.version, known.facts))


async def is_entered(store: Store, key: PersonKey, roster: str) -> bool:
    return await store.get(ENTERED, f"{roster}/{key.fingerprint}") is not None


async def note_entered(store: Store, key: PersonKey, roster: str) -> None:
    await store.add(ENTERED, Record(f"{roster}/{key.fingerprint}", {}))


# --- hashes -----------------------------------------------------------------------------------------------------------


async def claims(store: Store, hashes: Sequence[str]) -> Mapping[str, Claim]:
    """Of those that anybody holds. At most GET_TOGETHER hashes."""
    found = await store.get_many(CERTIFIED, hashes)
    return {record.id: Claim.model_validate(record.body) for record in found}


async def add_new(store: Store, holders: Mapping[str, Holder]) -> bool:
    """Each hash that nobody holds yet becomes its holder's. False: some may be held by others."""
    records = [Record(hash, {"holders": [holder.model_dump()]}) for hash, holder in holders.items()]
    return await store.add_many(CERTIFIED, records) == len(records)


async def claim_of(store: Store, hash: str) -> tuple[Claim, Record]:
    """A hash that somebody holds, with its record. Raises Unavailable."""
    record = await store.get(CERTIFIED, hash)
    if record is None:  # nothing is ever removed
        raise Unavailable("已登记的取证记录缺失，请运行管理员核查 · a hash that was there is gone")
    return Claim.model_validate(record.body), record


async def hand_over(store: Store, record: Record, holders: Sequence[Holder]) -> None:
    """Raises Stale."""
    body = {"holders": [one.model_dump() for one in holders]}
    await store.put(CERTIFIED, Record(record.id, body, record.version, record.facts))


# --- what a holder is worth ---------------------------------------------------------------------------------------------


async def note_voided(store: Store, roster: str, sanction: str) -> None:
    """Certificates are voided for good, so the first write is enough."""
    await store.add(VOIDED_CERTIFICATES, Record(roster, {"sanction": sanction}))


async def are_voided(store: Store, roster: str) -> bool:
    return await store.get(VOIDED_CERTIFICATES, roster) is not None


async def begin_approving(store: Store, roster: str, version: int, import_id: str) -> Record | None:
    """From now on the hashes that this roster holds count, as long as it stays at this version. None: so it was already,
    because of an approval that is under way, or was left in the middle. Raises Stale."""
    body = {"version": version, "import_id": import_id}
    if await store.add(APPROVING, Record(roster, body)):
        return Record(roster, body)
    known = await store.get(APPROVING, roster)
    if known is None or known.body == body:
        return None
    await store.put(APPROVING, Record(roster, body, known.version, known.facts))
    return Record(roster, body, known.version + 1, known.facts)


async def stand_back(store: Store, begun: Record) -> None:
    """Nothing came of it: the hashes do not count. Unless somebody else has begun since."""
    with contextlib.suppress(Stale):
        await store.put(APPROVING, Record(begun.id, {"version": 0, "import_id": ""}, begun.version, begun.facts))


async def is_being_approved(store: Store, roster: str, version: int, import_id: str) -> bool:
    known = await store.get(APPROVING, roster)
    return known is not None and known.body == {"version": version, "import_id": import_id}
