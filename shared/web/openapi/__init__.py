"""The document of a service, as other people's programs read it, and the refusal of what does not stand there."""
