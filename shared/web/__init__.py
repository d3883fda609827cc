"""The web edge: problem details, tokens, preconditions, idempotent creation, paging, health. No noun of the trade."""
