"""What a service lets others measure: values for the metrics of its process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Measured:
    """name: of the metric, as Prometheus has it. about: what it is, the same for every value of that name.

    labels: what they say is known beforehand, or grows with branch centres alone: no ids of documents, no addresses."""

    name: str
    about: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Measures = Callable[[], Iterable[Measured]]
"""Asked at every look at the metrics: it says what is known, and reads nothing."""
