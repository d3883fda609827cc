"""Fixtures for every test. Servers come from `tests/world/engines.py`."""

pytest_plugins = ["tests.world.sharing", "tests.world.engines", "tests.world.fixtures", "tests.world.known_words"]
