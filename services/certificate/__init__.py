"""Owns certificate numbers, certificates and their issues, print files, parcels and verification.

Never sees plans, drafts of rosters, accounts or letters.
"""
