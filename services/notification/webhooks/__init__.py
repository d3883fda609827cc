"""Webhooks: a branch centre's software is called for each entry of its feed (docs/decisions/0048-webhooks.md)."""
