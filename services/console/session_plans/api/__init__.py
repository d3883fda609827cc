"""Pages of session plans: what is planned, and what becomes of an approved one."""
