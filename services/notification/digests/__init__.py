"""What offices need not read at once: gathered into one letter for each mailbox and working day."""
