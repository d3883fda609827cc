"""Form 6, the roster of passed candidates: `layout` says which cells it has, `writing` makes the workbook.

It never touches a store or the bus. Writing is synchronous and keeps a core busy.
"""
