"""Every letter as it looks, filled with the published examples of the facts: so a new letter is there by itself."""
