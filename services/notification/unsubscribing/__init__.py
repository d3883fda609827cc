"""The address in a letter by which its mailbox wants no more of them (RFC 8058); what is kept of that: `unsubscriptions`."""
