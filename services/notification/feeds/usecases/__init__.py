"""Writing a feed, and reading it."""
