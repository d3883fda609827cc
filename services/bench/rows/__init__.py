"""A row is a module here that says `ROW`; it is found by its file, and called like it."""
