"""An import rule of this house: use cases and HTTP of a noun are its own.

`services.<service>.<noun>.usecases` is for the same noun's `api`, and for the service's own level (`handlers`, `main`,
`windup`, …); `services.<service>.<noun>.api` is for `main`. A relation between two wildcards, which import-linter's own
contracts cannot say."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


def may_import(importer: str, imported: str) -> bool:
    """Both as dotted names; true for everything that is no private room."""
    service, noun, room = (*imported.split(".")[1:4], "", "", "")[:3]
    if not imported.startswith("services.") or room not in ("usecases", "api"):
        return True
    _, from_service, *inside = (*importer.split("."), "", "")
    if from_service != service:
        return True  # another contract's business
    if len(importer.split(".")) == 3:
        return room == "usecases" or inside[0] == "main"
    return inside[0] == noun and inside[1] in (("usecases", "api") if room == "usecases" else ("api",))


class PrivateRooms(Contract):
    type_name = "private_rooms"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        breaches = [
            (importer, imported, graph.get_import_details(importer=importer, imported=imported)[0]["line_number"])
            for imported in sorted(graph.modules)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not may_import(importer, imported)
        ]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, line in check.metadata["breaches"]:
            output.print_error(f"{importer} -> {imported} (l.{line})", bold=True)
