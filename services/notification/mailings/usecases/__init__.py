"""Use cases of mailings: planned when a fact arrives, delivered one by one."""
