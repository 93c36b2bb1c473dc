"""Every level is derived from the master programs; nothing is written twice.

`derive.py` says the rules. `reading.py` reads a program into blocks, paragraphs and
branches, `markers.py` checks the steps' comments against the catalogue, `fates.py` says
what becomes of each step, `layout.py` sets the blank lines, and `unused.py` finds the
names that nobody uses any more.
"""
