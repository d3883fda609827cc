"""What the process of a service remembers beside its store: it ends with the process."""
