"""The radar: what is due when, who is late, and what exactly is missing, in every service the same way."""
