"""Papers that come with letters."""
