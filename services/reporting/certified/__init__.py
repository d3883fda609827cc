"""Who is certified already: which person holds which level of which occupation, known by a keyed hash alone."""
