"""Computed ids: each kind has one owner, and nobody computes one anywhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def computed() -> Iterator[tuple[str, str]]:
    """(file, kind) of every call of `computed`; the kind is empty where it is no plain text."""
    for room in ("services", "shared"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("computed", "uuid5"):
                    first = node.args[0] if node.args else None
                    kind = first.value if isinstance(first, ast.Constant) else ""
                    yield str(path.relative_to(ROOT)), str(kind)


def test_no_kind_of_id_has_two_owners() -> None:
    kinds = [kind for _, kind in computed() if kind]
    assert len(kinds) > 8
    assert len(kinds) == len(set(kinds))


def test_ids_are_computed_in_their_own_room() -> None:
    assert {path for path, _ in computed() if Path(path).name != "ids.py"} == set()


FORMATS = {
    ("services.plan.ids", "annual_plan_id", ("49053012", 2026)): "49053012-2026",
    ("services.plan.ids", "session_id", ("49053012", 2026, 1)): "49053012-2026-001",
    ("services.directory.ids", "registered_person_id", ("R49260001",)): "ad748b3f-2f36-5410-af75-fe1749f681b8",
    ("services.directory.ids", "account_reference", ("zhang.wei",)): "fe86c313-8a0a-55e6-9b19-c571f81a7dc7",
    ("services.reporting.ids", "import_id", ("r", "sha256:0")): "1f7379e5-7a8a-5474-b412-d399a1cb5c66",
    ("services.reporting.ids", "page_id", ("i", 7)): "i-p0007",
    ("services.reporting.ids", "technician_review_id", ("r", "T1")): "b093c42c-57cc-5288-b911-49f78b5df01e",
    ("services.certificate.ids", "register_id", (2026, "49053012", 4)): "2026-49053012-4",
    ("services.certificate.ids", "batch_id", ("r", 3)): "r-b0003",
    ("services.certificate.ids", "certificate_id", ("r", 7)): "a97ced07-964a-51fe-a768-86da9c6e7d03",
    (
        "services.notification.ids",
        "mailing_id",
        ("f", "approved", "Office@Example.org"),
    ): "8fd2da19-82f3-512d-a299-9103724cadf9",
    (
        "services.notification.ids",
        "digest_id",
        ("Office@Example.org", "2026-04-03", False),
    ): "d9f11706-f790-521e-8e8f-f622ac7fb680",
    ("services.notification.ids", "webhook_id", ("49050001", "q")): "b7de7c29-8fb3-5e5c-b685-927bd1615ff9",
    ("services.notification.ids", "bounce_id", (7, 12)): "bounce-7-12",
    (
        "services.notification.ids",
        "unsubscription_id",
        ("a@example.org", "approved"),
    ): "40281fce-78f1-5f83-8400-a910546f7bf5",
    ("services.notification.ids", "branch_queue_id", ("49050001",)): "queue-49050001",
    ("services.notification.ids", "calendar_id", ("49050001", "q")): "7aacdf8b-da34-5fcb-b9dc-cba7ac3368c5",
    ("services.notification.ids", "radar_id", ("plan_duty", "49053012-2026.x")): "plan_duty.49053012-2026.x",
    ("services.notification.ids", "canary_fact", ("2026-03-02",)): "canary/2026-03-02",
    ("services.supervision.ids", "record_id", ("roster.approved", "r")): "roster.approved/r",
    ("services.supervision.ids", "work_report_id", ("49053012", "2026-Q1")): "49053012-2026-Q1",
    ("services.supervision.ids", "bulletin_id", ("2026-Q1", 2)): "2026-Q1-3",
    ("services.supervision.ids", "next_bulletin_id", ("2026-Q1",)): "2026-Q1-2",
    ("services.supervision.ids", "inspection_id", ("q",)): "783dd229-2df0-56ae-81ed-3dc9c87245ea",
    ("services.supervision.ids", "violation_id", ("q",)): "3c2e4629-4acc-5d2d-8a42-42946c907732",
    ("services.supervision.ids", "sanction_id", ("q",)): "6ff78b8b-5ef2-545e-b234-4b74a3130590",
    ("shared.keeping.ids", "fact_id", ("/plan", "annual_plan", "p", 3)): "/plan/annual_plan/p#0000000003",
    ("shared.keeping.ids", "request_id", ("zhang.wei", "key")): "794162e4-4f6a-518f-86b4-23c595537505",
    ("shared.keeping.ids", "parked_id", ("plan.copies", "m")): "a56295e4-5cd6-514e-92e8-d05b44335202",
    (
        "shared.keeping.ids",
        "foreign_number_id",
        ("49053012", "2631011001400001"),
    ): "8ff053e0-080f-5aea-b12d-89edb86dca86",
}
"""Written down once. Documents, messages and mailboxes everywhere hold ids of these formats."""


@pytest.mark.parametrize("call", FORMATS, ids=lambda call: f"{call[0]}.{call[1]}")
def test_no_format_ever_changes(call: tuple[str, str, tuple[str | int, ...]]) -> None:
    module, function, given = call
    assert getattr(import_module(module), function)(*given) == FORMATS[call]


def test_every_format_is_written_down() -> None:
    files = [path for room in ("services", "shared") for path in (ROOT / room).rglob("ids.py")]
    known = {
        (".".join(path.relative_to(ROOT).with_suffix("").parts), node.name)
        for path in files
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name != "computed"
    }
    assert known == {(module, function) for module, function, _ in FORMATS}
