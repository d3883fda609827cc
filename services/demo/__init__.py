"""Plays the whole procedure as clerks would, through HTTP only, and checks the books at the end.

Needs nothing but an address and the operator's password; starts a system of its own when no address is given.
"""
