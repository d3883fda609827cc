"""What the certificate service keeps, publishes, takes, writes letters about, may be set, and may be asked."""

from __future__ import annotations

from pathlib import Path

from services.certificate.access import ACCESS
from services.certificate.certificates.certificate import Certificate
from services.certificate.duties.duty import ROWS, TYPES, CertificateDuty
from services.certificate.numbers.number_register import NumberRegister
from services.certificate.production.batch import Batch
from services.certificate.production.production import Production
from services.certificate.settings import CertificateSettings
from shared.contracts import certificate
from shared.contracts.directory import BodyRegistered
from shared.contracts.reporting import RosterApproved
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.topology import Queue
from shared.ports import Kind
from shared.procedure import windup
from shared.procedure.duties import keeper as duties
from shared.register.declaration import Declaration
from shared.register.letters import Letter, of_duty

KINDS: tuple[Kind, ...] = (
    Kind(Certificate.KIND, indexes=(("roster", "n"), ("batch", "n"), ("number",)), follows=True),
    Kind(Batch.KIND, indexes=(("roster", "page"), ("roster", "state"), ("state", "numbered_at")), follows=True),
    Kind(Production.KIND, indexes=(("path",), ("state", "path"), ("body",))),
    *duties.kinds(CertificateDuty),
    Kind(NumberRegister.KIND),
    windup.KIND,
    *local_copies.kinds(BodyRegistered),
)

DECLARED = Declaration(
    service="certificate",
    kinds=KINDS,
    words=(
        Certificate.WORDS,
        CertificateDuty.WORDS,
        NumberRegister.WORDS,
        Batch.WORDS,
        Production.WORDS,
    ),
    duties=ROWS,
    facts=certificate.FACTS,
    access=ACCESS,
    queues=(
        Queue("certificate", "copies", (BodyRegistered.TYPE,), prefetch=20),
        Queue("certificate", "intake", (RosterApproved.TYPE,), prefetch=2),
        # The drawing itself happens in child processes, so a crash of native code spares the neighbours; a second
        # delivery in hand lets one batch be read and stored while another is drawn.
        Queue("certificate", "produce", (certificate.BatchNumbered.TYPE,), prefetch=2, in_lanes=True),
        Queue("certificate", "tally", (certificate.BatchProduced.TYPE,), prefetch=4),
        Queue(
            "certificate",
            "duties",
            (BodyRegistered.TYPE, *TYPES, certificate.CertificateWindUpDone.TYPE),
            prefetch=20,
        ),
        Queue("certificate", "windup", (SanctionConfirmed.TYPE,), prefetch=1),
    ),
    letters=(
        {
            certificate.CertificatesReady.TYPE: (
                Letter("certificates-ready", "producer"),
                Letter("certificates-made", "body", issued_by="producer"),
            ),
            certificate.CertificatesMailed.TYPE: (
                Letter("certificates-mailed", "body", issued_by="producer"),
                Letter("certificate-on-its-way", "holders", issued_by="producer"),
            ),
            certificate.ProductionReceived.TYPE: (
                Letter("parcel-differs", "producer", unless="complete", at_once=True),
            ),
            certificate.CertificateDutyMarked.TYPE: of_duty(),
            certificate.CertificatesVoided.TYPE: (
                Letter("certificates-voided", "body"),
                Letter("certificate-not-issued", "holders"),
            ),
        },
    ),
    titles={
        "certificate_duty": ("证书办理任务", "Duty about certificates"),
        "production": ("名册的证书制作", "Production of a roster's certificates"),
        "certificates": ("职业资格证书", "Certificates"),
    },
    templates=Path(__file__).parent / "letters",
    settings=CertificateSettings,
)
