"""Form 6, the roster of passed candidates, as a workbook: `reading` checks every cell, `writing` makes templates.

It never touches a store or the bus. Both are synchronous and keep a core busy: call them in a thread.
"""
