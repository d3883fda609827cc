"""Numbers that people type: resident IDs, certificate numbers, institution and organisation codes, e-mail addresses.

Pure functions. What cannot be right raises Invalid with a sentence for a person (Chinese first) that never repeats the
number itself, so that it may stand in a log. What is only suspicious comes back as a warning sentence. rules §1, §7.
"""
