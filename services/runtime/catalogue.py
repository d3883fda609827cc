"""The services there are. The only place that names them all in code."""

from __future__ import annotations

from services.certificate.main import BLUEPRINT as CERTIFICATE
from services.directory.main import BLUEPRINT as DIRECTORY
from services.notification.main import BLUEPRINT as NOTIFICATION
from services.plan.main import BLUEPRINT as PLAN
from services.reporting.main import BLUEPRINT as REPORTING
from services.supervision.main import BLUEPRINT as SUPERVISION
from shared.service import Blueprint

BLUEPRINTS: dict[str, Blueprint] = {
    one.name: one for one in (DIRECTORY, PLAN, REPORTING, CERTIFICATE, NOTIFICATION, SUPERVISION)
}
