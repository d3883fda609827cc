"""Addresses that name a document: in the interface of its service, and of its pages."""

from __future__ import annotations

from urllib.parse import quote


def below(root: str, *parts: str) -> str:
    """parts: an id, what lies below it. Whatever stands in one of them stays one part of the path."""
    return "/".join([root, *(quote(part, safe="") for part in parts)])
