"""Owns bodies (Centre, branch centres, stations) and their standing, registered persons, accounts and the keys that sign
tokens.

Never sees plans, candidates, scores or certificates.
"""
