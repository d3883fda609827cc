"""Form 6, the roster of passed candidates, as a workbook: `reading` checks every cell, `writing` makes templates,
`examining` is the reading as a piece of work for a child process with limits, which is where foreign bytes belong.

It never touches a store or the bus. All are synchronous and keep a core busy.
"""
