"""What services declare about themselves, and the register that is collected from all of them.

A service says in its own `declares.py` what it keeps, publishes, takes, writes letters about, may be set and may be asked;
nobody else has to be told. Two services that declare the same key are refused at once.
"""
