"""A workbook on its way back: `marks` finds where each finding belongs, `rebuilding` writes the cells anew, `marking` is both
as a piece of work for a child process with limits."""
