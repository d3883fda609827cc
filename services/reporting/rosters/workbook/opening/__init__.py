"""Foreign bytes → sheets of cells (`sheets`), and what the parser of cells does not tell about them (`traits`).

`package`, `elements` and `encodings` are the .xlsx file; `compound` and `biff` the .xls one; `protection` is what Excel encrypts
without anybody having typed a password. Nothing here knows form 6.
"""
