"""The decision of a sanction on paper, which its letter brings along."""
