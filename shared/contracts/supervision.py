"""Facts of supervision: inspections, violations, sanctions, work reports, quality bulletins."""

from __future__ import annotations

from shared.contracts.envelope import Fact

FACTS: tuple[type[Fact], ...] = ()
