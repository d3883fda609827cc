"""Working days of offices in China: the State Council moves them about each year (调休)."""
