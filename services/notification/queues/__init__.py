"""Queues: a branch centre reads its feed from the broker, if it asked for that (docs/decisions/0051-branch-queues.md)."""
