"""The overprint room: the form is drawn once by the typesetter, from the product's own template; every sheet's words are
set onto it here.

What a printer did with blanks and movable type. A page is [the form, its words, its QR code, the mark of practice]; form
and mark are one drawing each, which all pages of the file use. Most of the typesetter's time went into drawing the same
form two hundred times (docs/decisions/0045).

- `case`: the type case of a process. Words shaped by HarfBuzz from the fonts that the typesetter would take. What it is
  not sure to set as the typesetter would (signs whose blanks it takes away, scripts other than Chinese and Latin, words
  that do not fit one line) it leaves to the typesetter.
- `font`: one font: its widths, and the part of it that a file carries.
- `page`: the operators of one page.
- `form`: what the typesetter draws: form and mark once, words that need fitting once a file.
- `file`: all of it as one PDF/A-2b.

No clock and no chance: the same sheets give the same bytes. `tests/unit/certificate/test_overprint.py` compares pixels
and positions with the typesetter's own pages; it is what allows anything here to change.
"""
