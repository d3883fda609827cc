"""A filled form 6 (`shared.forms.form6`) on its way in.

From the bytes up: `opening` makes sheets of cells; `heading` reads what stands above the table, `lines` its candidates by way of
`cells`, `other_rows` whatever else stands in it, `comparing` one sheet against the others; `reading` is all of that, and says
what it found in `findings`. `examining` is the reading as a piece of work for a child process with limits, which is where
foreign bytes belong; `marked` is the workbook on its way back.

It never touches a store or the bus. All are synchronous and keep a core busy.
"""
