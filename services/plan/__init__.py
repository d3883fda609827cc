"""Owns annual plans (form 1), the watch over their deadline, session plans (form 2) and the list of occupations.

Never sees candidates, scores or certificates.
"""
