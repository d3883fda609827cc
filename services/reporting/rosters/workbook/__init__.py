"""Form 6, the roster of passed candidates, as an Excel workbook: `read` checks every cell, `write` makes templates.

It never touches a store or the bus. `read` and `write` are synchronous and busy a core: call them in a thread.
"""

from services.reporting.rosters.workbook.reading import NotTakenOver, RosterWorkbook, read
from services.reporting.rosters.workbook.rules import Rules
from services.reporting.rosters.workbook.writing import SheetContent, write

__all__ = ["NotTakenOver", "RosterWorkbook", "Rules", "SheetContent", "read", "write"]
