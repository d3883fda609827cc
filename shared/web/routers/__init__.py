"""What every service says the same way under its own address: acts, parked messages, the steps of a form, wind-ups, health."""
