"""What services say to each other. One file of facts per owner; nothing of ours is imported here.

`FACTS` maps the type on the wire (`roster.approved.v1`) to its model. Published contracts only ever grow by optional
fields; anything else is a new major version (docs/events.md, tests/contract/test_schemas.py).
"""

from shared.contracts import certificate, directory, notification, plan, reporting, supervision
from shared.contracts.envelope import Envelope, Fact

FACTS: dict[str, type[Fact]] = {
    fact.TYPE: fact
    for owner in (directory, plan, reporting, certificate, notification, supervision)
    for fact in owner.FACTS
}

__all__ = ["FACTS", "Envelope", "Fact"]
