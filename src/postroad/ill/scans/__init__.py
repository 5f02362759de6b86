"""What a scan at a desk means, and what it does: typed answers, which a page or a program words.

Each takes the library at whose desk it was scanned, the text as the scanner sent it, and the act.
"""
