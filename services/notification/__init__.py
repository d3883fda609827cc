"""Owns letters: which fact makes which letter to whom, and whether each was sent.

Never sees scores or drafts. It keeps the addresses it wrote to.
"""
