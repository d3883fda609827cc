"""What is owed by a day, in every service the same way: opened, told mark by mark, settled (docs/decisions/0052)."""
