"""Browser sessions: a sign-in that lives on at the server, behind a cookie. No token ever reaches the browser."""
