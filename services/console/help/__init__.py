"""Help texts: what a page is for, the rule behind it, what happens next. One file for each entry of the menu."""
