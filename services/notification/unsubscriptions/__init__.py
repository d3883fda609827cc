"""Who wants letters of some kind no more (RFC 8058): only of those that are no duty."""
