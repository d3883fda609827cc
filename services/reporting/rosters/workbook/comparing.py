"""What must be equal or unique over all sheets of a workbook."""

from __future__ import annotations

from services.reporting.rosters.workbook.findings import Findings
from services.reporting.rosters.workbook.heading import Heading
from services.reporting.rosters.workbook.lines import Candidate, LineReader, Place
from shared.forms.form6.layout import LABELS
from shared.trade.names import same_name


class Compared:
    """The headings and candidates that were read so far; each new one is held against them."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.headings: list[tuple[str, Heading]] = []
        """With the names of their sheets."""
        self._tickets: dict[str, Place] = {}
        """Place by ticket."""
        self._people: dict[tuple[str, str], tuple[str, Place]] = {}
        """Name and place by (document type, number)."""
        self._passes: dict[tuple[str, int], dict[tuple[str, str], Place]] = {}
        """Place by (document type, number), for each (occupation, level)."""

    def heading(self, name: str, heading: Heading) -> None:
        """All sheets are of one session; no two are of the same occupation and level. name: of the sheet."""
        for label in LABELS:
            if label.key not in ("station_zh", "institution", "session", "held_on"):
                continue
            mine = getattr(heading, label.key)
            first = next(((n, h) for n, h in self.headings if getattr(h, label.key) is not None), None)
            if mine is not None and first is not None and mine != getattr(first[1], label.key):
                self.findings.wrong(
                    heading.places[label.key],
                    f"“{label.title}”与工作表 {first[0]} 不同 · {label.title} differs from sheet {first[0]}",
                    "一个工作簿只报一个批次 · one workbook reports one session",
                )
        same = (heading.occupation, heading.level)
        if None not in same:
            for other, known in self.headings:
                if (known.occupation, known.level) == same:
                    self.findings.wrong(
                        name,
                        f"职业和等级与工作表 {other} 相同 · same occupation and level as sheet {other}",
                        "合并为一张 · put both into one sheet",
                    )
                    break
        self.headings.append((name, heading))

    def candidate(self, reader: LineReader, candidate: Candidate, heading: Heading) -> None:
        """Nobody else has this ticket; this person has no other line of the occupation and level, and one name only."""
        here = reader.place
        if candidate.ticket is not None and (place := self._tickets.setdefault(candidate.ticket, here)) is not here:
            there = place.of("ticket")
            self.findings.wrong(
                here.of("ticket"),
                f"准考证号与 {there} 重复 · same ticket number as {there}",
                "请核对两行 · compare both rows",
            )
        if candidate.document is None:
            return
        if heading.occupation is not None and heading.level is not None:
            passes = self._passes.setdefault((heading.occupation, heading.level), {})
            if (place := passes.setdefault(candidate.document, here)) is not here:
                there = place.of("id_number")
                self.findings.wrong(
                    here.of("id_number"),
                    f"同一职业同一等级中与 {there} 是同一人 · same person as {there} at the same occupation and level",
                    "删除其中一行 · delete one of them",
                )
        if candidate.name is not None:
            name, place = self._people.setdefault(candidate.document, (candidate.name, here))
            if name != candidate.name and not same_name(name, candidate.name):
                there = place.of("name")
                self.findings.wrong(
                    here.of("name"),
                    f"同一证件号码的姓名与 {there} 不同 · another name than {there} for the same document number",
                    "请核对两行 · compare both rows",
                )
