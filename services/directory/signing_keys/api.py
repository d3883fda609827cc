"""HTTP of signing keys: the public ones for everybody, all of them for the operator, and a new one."""

from __future__ import annotations

from fastapi import APIRouter

from services.directory.signing_keys import storage, usecases
from services.directory.signing_keys.answers import PublishedKeysAnswer, SigningKeyAnswer
from services.directory.signing_keys.requests import Rotation
from shared.ports import Clock, Store
from shared.web.access import By
from shared.web.asking import Asking
from shared.web.idempotency import IdempotencyKey


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(tags=["登录 · signing in"])

    @routes.get("/jwks.json", summary="验签公钥 · public keys")
    async def jwks() -> PublishedKeysAnswer:
        return PublishedKeysAnswer.of(await storage.published(store, clock.now()))

    @routes.get("/keys", summary="签名密钥列表 · the keys that sign tokens, newest first")
    async def listed(_: By) -> list[SigningKeyAnswer]:
        return [SigningKeyAnswer.of(key) for key in await storage.all_keys(store)]

    @routes.post("/keys/rotation", summary="更换签名密钥 · sign with a new key")
    async def rotate(wanted: Rotation, asked: Asking, idempotency: IdempotencyKey) -> list[SigningKeyAnswer]:
        """The new key is published now and signs within a minute; what the old one signed lives on until it ends. With
        `compromised`, the old ones are withdrawn: what they signed opens nothing any more within a minute, so everybody
        signs in or refreshes anew."""
        return [SigningKeyAnswer.of(key) for key in await usecases.rotate(store, asked, idempotency, wanted)]

    return routes
