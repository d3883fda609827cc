"""The queues and owners of the whole house, without lanes."""

from __future__ import annotations

from services.runtime.catalogue import REGISTER

TOPOLOGY = REGISTER.topology()
SERVICES = REGISTER.services
INTERFACES, PAGES = REGISTER.interfaces, REGISTER.pages
