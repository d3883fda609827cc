"""In whose feeds a fact stands: its contract names the readers, the fact itself says who they are."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts.envelope import Fact, Reader
from shared.trade.body_path import BodyPath


def feeds_named_by(fact: type[Fact], data: dict[str, str]) -> tuple[str, ...]:
    """Institution codes, each once. Without those that `every_body_below` is needed for."""
    codes = (_code(reader, data) for reader in fact.READERS)
    return tuple(dict.fromkeys(code for code in codes if code))


def is_for_all_below(fact: type[Fact]) -> bool:
    return "bodies" in fact.READERS


def below(path: str, paths: Sequence[str]) -> list[str]:
    """Codes of the bodies below `path`, itself not among them."""
    return [BodyPath.read(one).own for one in paths if one.startswith(path) and one != path]


def _code(reader: Reader, data: dict[str, str]) -> str:
    """Empty where there is none: between the Centre and a station of its own stands no branch."""
    match reader:
        case "producer":
            return data["producer"]
        case "bodies":
            return ""
    place = BodyPath.read(data["path"])
    match reader:
        case "body":
            return place.own
        case "branch":
            return place.branch or ""
        case "centre":
            return place.centre
