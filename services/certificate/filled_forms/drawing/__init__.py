"""The filled form as files: pure, knows neither store nor bus, works in child processes.

`paging` says which lines stand on which page and in which file; `pdf.draw` makes the paper, `workbook.write` the xlsx."""
