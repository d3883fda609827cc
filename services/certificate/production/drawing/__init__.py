"""The drawing room: sheets in, one print file (PDF) out. Pure, knows neither store nor bus; runs in child processes.

`sheet.Sheet` is what one certificate prints, `places` says where its words stand; `print_file.draw` makes the file, in a
child process (shared.ports.workshop): the form once (`template.typ`), the words over it (`overprint`). `glyphs.missing_in`
says beforehand which characters no font has; `shared.drawing` decides which fonts there are.
"""
