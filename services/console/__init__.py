"""The console: the pages through which people work. It owns nothing but browser sessions, and asks the services' interfaces with
the token of whoever is signed in: a page can do nothing that other software could not, and each service decides as it always
does. One folder for each entry of the menu, with its pages beside it (docs/decisions/0056)."""
