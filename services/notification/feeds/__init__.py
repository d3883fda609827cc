"""Feeds: what every body may read of what happened, numbered without a gap (docs/decisions/0047-feed.md)."""
