"""What the directory keeps: every collection, with its indexes."""

from __future__ import annotations

from services.directory.accounts.account import Account
from services.directory.bodies.body import Body
from services.directory.oidc import usecases as oidc
from services.directory.persons.person import RegisteredPerson
from services.directory.signing_in.sign_in import SignIn
from services.directory.signing_keys.signing_key import SigningKey
from services.directory.trainings.training_record import TrainingRecord
from shared.ports import Kind
from shared.procedure import windup

KINDS: tuple[Kind, ...] = (
    Kind(Body.KIND, indexes=(("path",),)),
    Kind(RegisteredPerson.KIND, indexes=(("path",),)),
    Kind(Account.KIND, indexes=(("path",), ("body",), ("ended_at",), ("ref",))),
    Kind(SignIn.KIND, indexes=(("ended_at",),)),
    windup.KIND,
    Kind(TrainingRecord.KIND, indexes=(("valid_until",),)),
    Kind(SigningKey.KIND),
    Kind(oidc.ANSWERS),
)
