"""Owns rosters of passed candidates (form 6) with their lines, and seals them when the Centre approves.

Never sees accounts, certificates, blanks or letters.
"""
