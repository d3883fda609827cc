"""HTTP of the pages of signing in and out, and of how pages look."""

from __future__ import annotations

from fastapi import APIRouter

from services.console.signing_in.api import look, passwords, provider


def router() -> APIRouter:
    routes = APIRouter()
    passwords.add(routes)
    provider.add(routes)
    look.add(routes)
    return routes
