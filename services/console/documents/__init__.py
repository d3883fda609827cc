"""What pages of documents have in common: lists and their workbooks, steps, tables that are typed, names of bodies, files."""
