"""Owns bodies (Centre, branch centres, stations), accounts and the keys that sign tokens.

Never sees plans, candidates, scores or certificates.
"""
