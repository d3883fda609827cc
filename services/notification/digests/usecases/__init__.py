"""Gathering what waits, and reading what was gathered."""
