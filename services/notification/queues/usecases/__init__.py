"""Asking for a queue, and filling it."""
