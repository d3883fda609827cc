"""A row is a module here that says `ROW`, or a folder where it takes several; it is found by its name, and called like it."""
