"""The AsyncAPI document of what branch centres subscribe to, made from the contracts, and its readable page."""
