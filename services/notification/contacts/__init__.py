"""Official mailboxes to which letters cannot be delivered: flagged until somebody mends them."""
