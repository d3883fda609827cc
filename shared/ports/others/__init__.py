"""Software of others, as far as we bring something to it."""
