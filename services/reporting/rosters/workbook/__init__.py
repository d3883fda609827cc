"""A filled form 6 (`shared.forms.form6`) on its way in: `reading` checks every cell, `examining` is the reading as a piece of
work for a child process with limits, which is where foreign bytes belong.

It never touches a store or the bus. All are synchronous and keep a core busy.
"""
