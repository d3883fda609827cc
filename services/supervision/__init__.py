"""Owns inspections, violations, sanctions (up to revocation), work reports, the facts they are computed from, and the
quarterly quality bulletin.

Never sees passwords, candidates or scores: of sessions and rosters it knows counts.
"""
