"""The benchmark: each row of `rows/` measures one thing the house does, beside a peer or a floor of the same run.

It stands outside the services, calls them where everybody else does, and nothing of the product calls it.
"""
