"""The desk: what is to be done here."""
