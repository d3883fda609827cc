"""Calendars: the duties of a body in the calendar program of its office, at an address that nobody can guess and that the office
can revoke. No name of a person stands in it."""
