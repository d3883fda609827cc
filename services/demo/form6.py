"""The filled form 6 of one session, as its station fetches it."""

from __future__ import annotations

from pathlib import Path

from services.demo.patient_clerk import PatientClerk


async def fetch(clerk: PatientClerk, session: str, folder: Path) -> list[Path]:
    """Into `folder`: both copies as one PDF, and the workbook; of a large session the first file of each."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{session}.{ending}" for ending in ("pdf", "xlsx")]
    for file in files:
        answer = await clerk.ask("GET", f"/certificate/productions/{session}/form6{file.suffix}")
        file.write_bytes(answer.content)
    return files
