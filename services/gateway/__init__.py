"""One door for the services when each runs by itself: passes `/<service>/…` on. Owns nothing, sees nothing."""
