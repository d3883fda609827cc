"""The services there are: every folder of `services/` that declares itself. Nothing else in code names them all."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import services
from shared.register.declaration import Declaration
from shared.register.register import Register
from shared.service import Blueprint
from shared.settings import with_own


def _declarations() -> Iterator[Declaration]:
    for found in pkgutil.iter_modules(services.__path__, "services."):
        if found.ispkg and find_spec(f"{found.name}.declares"):
            yield import_module(f"{found.name}.declares").DECLARED


REGISTER = Register(_declarations())
WholeSettings = with_own(one.settings for one in REGISTER.declared.values())


def blueprint_of(service: str) -> Blueprint:
    """How to make it: loads its code, so that a process loads only what it runs."""
    made: Blueprint = import_module(f"services.{service}.main").BLUEPRINT
    return made
