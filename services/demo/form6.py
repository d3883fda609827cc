"""The filled form 6 of one session, as its station fetches it."""

from __future__ import annotations

from pathlib import Path

from services.demo.patient_clerk import PatientClerk


async def fetch(clerk: PatientClerk, session: str, folder: Path) -> list[Path]:
    """Into `folder`: both copies as one PDF, and the workbook; of a large session the first file of each."""
    files = [folder / f"{session}.{ending}" for ending in ("pdf", "xlsx")]
    for file in files:
        answer = await clerk.ask("GET", f"/certificate/productions/{session}/form6{file.suffix}")
        _keep(file, answer.content)
    return files


def _keep(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
