"""Managing webhooks, and pushing entries to them."""
