"""What the directory keeps, publishes, takes, writes letters about, what may be set, and what it may be asked."""

from __future__ import annotations

from pathlib import Path

from services.directory.access import ACCESS
from services.directory.accounts.account import Account
from services.directory.bodies.body import Body
from services.directory.duties.duty import ROWS, DirectoryDuty
from services.directory.oidc import usecases as oidc
from services.directory.persons.person import RegisteredPerson
from services.directory.settings import DirectorySettings
from services.directory.signing_in import usecases as signing_in
from services.directory.signing_in.sign_in import SignIn
from services.directory.signing_keys.signing_key import SigningKey
from services.directory.trainings.training_record import TrainingRecord
from shared.contracts import directory
from shared.contracts.supervision import SanctionConfirmed, SanctionLifted
from shared.messaging.topology import Queue
from shared.ports import Kind
from shared.procedure import windup
from shared.procedure.duties import keeper as duties
from shared.register.declaration import Declaration
from shared.register.letters import Letter, of_duty

KINDS: tuple[Kind, ...] = (
    Kind(Body.KIND, indexes=(("path",), ("told",), ("state",), ("kind",))),
    Kind(
        RegisteredPerson.KIND,
        indexes=(
            ("path",),
            ("office", "path"),
            ("state", "path"),
            ("office", "state", "path"),
            ("state", "valid_until"),
        ),
    ),
    Kind(Account.KIND, indexes=(("path",), ("body",), ("body", "path"), ("state", "path"), ("ended_at",), ("ref",))),
    signing_in.KIND,
    windup.KIND,
    *duties.kinds(DirectoryDuty),
    Kind(TrainingRecord.KIND, indexes=(("state", "valid_until"),), follows=True),
    Kind(SigningKey.KIND),
    oidc.ANSWERS,
)


DECLARED = Declaration(
    service="directory",
    kinds=KINDS,
    words=(
        Body.WORDS,
        RegisteredPerson.WORDS,
        Account.WORDS,
        TrainingRecord.WORDS,
        DirectoryDuty.WORDS,
        SignIn.WORDS,
        SigningKey.WORDS,
    ),
    duties=ROWS,
    facts=directory.FACTS,
    access=ACCESS,
    queues=(
        Queue("directory", "duties", (directory.BodyRegistered.TYPE,), prefetch=20),
        # Each revocation is carried out by one handler of each service, one after the other.
        Queue("directory", "windup", (SanctionConfirmed.TYPE, SanctionLifted.TYPE), prefetch=1),
    ),
    letters=(
        {
            directory.BodyStandingChanged.TYPE: (
                Letter("standing-changed", "body", unless="sanction"),
                Letter("standing-changed", "above", unless="sanction"),
            ),
            directory.TrainingDue.TYPE: (Letter("training-due", "account", by_clock=True),),  # of earlier releases
            directory.DirectoryDutyMarked.TYPE: (Letter("training-due", "account", by_clock=True), *of_duty()),
            directory.AccountLocked.TYPE: (Letter("account-locked", "account"),),
            directory.AccountResetRequested.TYPE: (Letter("account-reset", "account"),),
        },
    ),
    titles={
        "body": ("机构资质", "Standing of the body"),
        "directory_duty": ("名录办理任务", "Duty of the directory"),
        "training": ("考务管理培训", "Exam-affairs training"),
        "account": ("账号", "Account"),
    },
    templates=Path(__file__).parent / "letters",
    settings=DirectorySettings,
)
