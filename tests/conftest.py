"""Fixtures for every test. Servers come from `tests/engines.py`."""

pytest_plugins = ["tests.engines", "tests.houses"]
