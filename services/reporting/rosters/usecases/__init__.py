"""Use cases of rosters: load, call the verb, save."""
