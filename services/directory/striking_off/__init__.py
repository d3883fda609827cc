"""A body that was registered twice is struck off, while nothing hangs on it (docs/decisions/0033-struck-off.md)."""
