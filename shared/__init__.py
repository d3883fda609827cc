"""What the services have in common: contracts, the pure rules of messaging, the ports and their adapters.

No noun of the trade lives here outside `contracts/`. See `docs/decisions/0001-rooms.md` for who may import whom.
"""
